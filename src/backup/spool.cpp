#include "backup/spool.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/error.h"
#include "io/copy.h"

namespace tabferry::backup {
namespace {

class SpoolSource : public io::ByteSource {
 public:
  explicit SpoolSource(Spool& spool) : spool_(spool) {}

  size_t read(std::span<char> into) override {
    const auto length = static_cast<size_t>(std::min<uint64_t>(into.size(), spool_.size_bytes() - at_));
    spool_.read(at_, into.first(length));
    at_ += length;
    return length;
  }

 private:
  Spool& spool_;
  uint64_t at_ = 0;
};

}  // namespace

Spool::Spool(const std::filesystem::path& folder) : folder_(folder), file_(folder / "spool", {.mode = 0600}) {}

void Spool::write(std::string_view bytes) {
  waiting_ += bytes;
  size_bytes_ += bytes.size();
  if (waiting_.size() >= io::kBlockBytes) flush();
}

void Spool::flush() {
  hash_.update(waiting_);
  file_.write(waiting_);
  waiting_.clear();
}

void Spool::commit() {
  flush();
  sha256_ = hash_.hex();
}

std::string Spool::read(uint64_t offset, size_t length) {
  std::string bytes(length, '\0');
  read(offset, std::span(bytes));
  return bytes;
}

void Spool::read(uint64_t offset, std::span<char> into) {
  if (!waiting_.empty()) flush();
  for (size_t done = 0; done < into.size();) {
    const ssize_t got = ::pread(file_.fd(), into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) base::fail_errno(errno, fmt::format("reading a temporary file in {}", folder_.string()));
    if (got == 0) base::fail(base::ErrorKind::io, "a temporary file in {} was cut meanwhile", folder_.string());
    done += static_cast<size_t>(got);
  }
}

std::unique_ptr<io::ByteSource> Spool::source() { return std::make_unique<SpoolSource>(*this); }

}  // namespace tabferry::backup
