#include "tableau/multipart.h"

#include <algorithm>
#include <cstring>
#include <random>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

// 128 random bits: that a file holds them needs no second thought; the payload is looked through.
std::string boundary_for(std::string_view payload) {
  std::random_device dice;
  for (;;) {
    std::string boundary = "tabferry-";
    for (int i = 0; i < 4; ++i) boundary += fmt::format("{:08x}", dice());
    if (payload.find(boundary) == std::string_view::npos) return boundary;
  }
}

// Some text, a slice of a file, some text.
class Sandwich : public io::ByteSource {
 public:
  Sandwich(std::shared_ptr<const std::string> head, std::optional<FilePart> file,
           std::shared_ptr<const std::string> tail)
      : head_(std::move(head)), file_(std::move(file)), tail_(std::move(tail)) {}

  size_t read(std::span<char> into) override {
    const uint64_t file_bytes = file_ ? file_->size_bytes : 0;
    size_t got = 0;
    if (at_ < head_->size())
      got = copy(*head_, at_, into);
    else if (const uint64_t in_file = at_ - head_->size(); in_file < file_bytes)
      got = file_->file->read(file_->offset + in_file,
                              into.first(static_cast<size_t>(std::min<uint64_t>(into.size(), file_bytes - in_file))));
    else
      got = copy(*tail_, at_ - head_->size() - file_bytes, into);
    at_ += got;
    return got;
  }

 private:
  static size_t copy(const std::string& from, uint64_t offset, std::span<char> into) {
    const size_t length = std::min(into.size(), from.size() - static_cast<size_t>(offset));
    std::memcpy(into.data(), from.data() + offset, length);
    return length;
  }

  std::shared_ptr<const std::string> head_;
  std::optional<FilePart> file_;
  std::shared_ptr<const std::string> tail_;
  uint64_t at_ = 0;
};

}  // namespace

void FileSlices::go_to(uint64_t offset) {
  if (!source_ || offset < at_) {
    source_ = file_.open();
    at_ = 0;
  }
  char skipped[65536];
  while (at_ < offset) {
    const size_t got = source_->read({skipped, static_cast<size_t>(std::min<uint64_t>(sizeof skipped, offset - at_))});
    if (got == 0)
      base::fail(ErrorKind::conflict, "the file became shorter than {} while it was uploaded",
                 base::human_bytes(size_bytes()));
    at_ += got;
  }
}

size_t FileSlices::read(uint64_t offset, std::span<char> into) {
  go_to(offset);
  const size_t got =
      source_->read(into.first(static_cast<size_t>(std::min<uint64_t>(into.size(), size_bytes() - offset))));
  if (got == 0)
    base::fail(ErrorKind::conflict, "the file became shorter than {} while it was uploaded",
               base::human_bytes(size_bytes()));
  at_ += got;
  char more = 0;
  if (at_ == size_bytes() && source_->read({&more, 1}) != 0) {
    source_.reset();
    base::fail(ErrorKind::conflict, "the file became longer than {} while it was uploaded",
               base::human_bytes(size_bytes()));
  }
  return got;
}

std::string safe_filename(std::string_view filename, std::string_view type) {
  const auto slash = filename.find_last_of("/\\");
  std::string safe(slash == std::string_view::npos ? filename : filename.substr(slash + 1));
  std::replace_if(
      safe.begin(), safe.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '"'; },
      '_');
  const std::string ending = fmt::format(".{}", type);
  if (!base::lower(safe).ends_with(ending)) safe += ending;
  return safe == ending ? "datasource" + ending : safe;
}

Multipart multipart_of(std::string_view payload, const std::optional<FilePart>& file) {
  const std::string boundary = boundary_for(payload);
  std::string head = fmt::format(
      "--{}\r\nContent-Disposition: form-data; name=\"request_payload\"\r\nContent-Type: text/xml\r\n\r\n{}\r\n",
      boundary, payload);
  if (file)
    head += fmt::format(
        "--{}\r\nContent-Disposition: form-data; name=\"{}\"; filename=\"{}\"\r\nContent-Type: "
        "application/octet-stream\r\n\r\n",
        boundary, file->name, file->filename);
  const std::string tail = fmt::format("{}--{}--\r\n", file ? "\r\n" : "", boundary);
  Multipart result{.content_type = "multipart/mixed; boundary=" + boundary, .body = {}, .file_begins_at = head.size()};
  result.body.size_bytes = head.size() + (file ? file->size_bytes : 0) + tail.size();
  result.body.open = [head = std::make_shared<const std::string>(std::move(head)), file,
                      tail = std::make_shared<const std::string>(tail)] {
    return std::make_unique<Sandwich>(head, file, tail);
  };
  return result;
}

}  // namespace tabferry::tableau
