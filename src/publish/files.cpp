#include "publish/files.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "io/gunzip.h"

namespace tabferry::publish {
namespace {

std::unique_ptr<io::ByteSource> open_stored(const PlannedTable& table, const store::Object& file,
                                            std::optional<uint64_t> read_ahead_bytes = std::nullopt) {
  if (file.etag.empty())
    base::fail(base::ErrorKind::corrupt,
               "{}: its store lists no ETag, so that a replaced object could not be told from this one",
               base::quoted(table.store->url(file.key), 400));
  return table.store->open(
      file.key, {.if_match = file.etag, .size_bytes = file.size_bytes, .read_ahead_bytes = read_ahead_bytes});
}

std::unique_ptr<io::ByteSource> unpacked(const PlannedTable& table, const store::Object& file,
                                         std::unique_ptr<io::ByteSource> stored) {
  return is_packed(file) ? io::gunzip(std::move(stored), table.store->url(file.key)) : std::move(stored);
}

}  // namespace

std::unique_ptr<io::ByteSource> open_file(const PlannedTable& table, const store::Object& file) {
  return unpacked(table, file, open_stored(table, file));
}

bool is_packed(const store::Object& file) { return file.size_bytes > 0 && base::lower(file.key).ends_with(".gz"); }

class Files::Counted : public io::ByteSource {
 public:
  Counted(std::unique_ptr<io::ByteSource> stored, std::shared_ptr<uint64_t> taken)
      : stored_(std::move(stored)), taken_(std::move(taken)) {}
  size_t read(std::span<char> into) override {
    const size_t got = stored_->read(into);
    *taken_ += got;
    return got;
  }

 private:
  std::unique_ptr<io::ByteSource> stored_;
  std::shared_ptr<uint64_t> taken_;
};

Files::Files(const PlannedTable& table) : table_(table), read_ahead_(table.store->read_ahead()) { open_ahead(); }

Files::~Files() = default;

const store::Object* Files::next() {
  if (begun_ && !opened_.empty()) opened_.pop_front();
  begun_ = true;
  open_ahead();
  return opened_.empty() ? nullptr : opened_.front().file;
}

io::ByteSource& Files::source() {
  open_ahead();
  return *opened_.front().plain;
}

uint64_t Files::taken_bytes() const { return *opened_.front().taken; }

// What is set aside for a file shrinks as its end comes near.
uint64_t Files::reserved_bytes() const {
  uint64_t sum = 0;
  for (const auto& opened : opened_)
    sum += std::min(opened.window_bytes, opened.file->size_bytes - std::min(*opened.taken, opened.file->size_bytes));
  return sum;
}

void Files::open_ahead() {
  while (next_ < table_.files.size() && opened_.size() < std::max<size_t>(1, read_ahead_.objects)) {
    const auto& file = table_.files[next_];
    const uint64_t left = read_ahead_.size_bytes - std::min(read_ahead_.size_bytes, reserved_bytes());
    const uint64_t window = std::min(file.size_bytes, left);
    const bool enough = window == file.size_bytes || window >= read_ahead_.least_bytes;
    if (!opened_.empty() && !enough) return;
    open(file, std::max(window, std::min(file.size_bytes, read_ahead_.least_bytes)));
    ++next_;
  }
}

void Files::open(const store::Object& file, uint64_t window_bytes) {
  Opened opened{.file = &file, .window_bytes = window_bytes, .taken = std::make_shared<uint64_t>(0), .plain = nullptr};
  auto stored = std::make_unique<Counted>(open_stored(table_, file, window_bytes), opened.taken);
  opened.plain = unpacked(table_, file, std::move(stored));
  opened_.push_back(std::move(opened));
}

}  // namespace tabferry::publish
