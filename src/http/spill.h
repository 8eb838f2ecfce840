// Bytes that came before anybody asked for them: what one look at the network brings beyond the reader's room. Filled
// from empty and emptied from its front, never both at a time. Private to this room.
#pragma once

#include <algorithm>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace tabferry::http {

class Spill {
 public:
  // At least 16 KiB (CURL_MAX_WRITE_SIZE), or a piece of curl's would never fit.
  explicit Spill(size_t capacity_bytes = size_t{1} << 20) : capacity_bytes_(capacity_bytes) {}

  bool empty() const { return begin_ == end_; }
  size_t room() const { return capacity_bytes_ - end_; }
  void clear() { begin_ = end_ = 0; }

  // At most room() bytes.
  void put(std::string_view bytes) {
    if (bytes.empty()) return;
    if (!bytes_) bytes_ = std::make_unique_for_overwrite<char[]>(capacity_bytes_);
    std::memcpy(bytes_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }

  size_t take(std::span<char> into) {
    const size_t length = std::min(into.size(), end_ - begin_);
    if (length > 0) std::memcpy(into.data(), bytes_.get() + begin_, length);
    begin_ += length;
    if (empty()) clear();
    return length;
  }

 private:
  size_t capacity_bytes_;
  std::unique_ptr<char[]> bytes_;  // kept from one answer to the next
  size_t begin_ = 0, end_ = 0;
};

}  // namespace tabferry::http
