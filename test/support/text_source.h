// A source of what is in memory, at most `block` bytes at a time.
#pragma once

#include <algorithm>
#include <string>

#include "io/byte_source.h"

namespace tabferry::test {

class TextSource : public io::ByteSource {
 public:
  explicit TextSource(std::string text, size_t block = SIZE_MAX) : text_(std::move(text)), block_(block) {}
  size_t read(std::span<char> into) override {
    const size_t got = text_.copy(into.data(), std::min(into.size(), block_), at_);
    at_ += got;
    return got;
  }

 private:
  std::string text_;
  size_t block_, at_ = 0;
};

}  // namespace tabferry::test
