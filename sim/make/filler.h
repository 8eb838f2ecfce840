// A CSV file of any length that is made as it is read: hexadecimal numbers, 64 bytes a line, from a seed. It packs to
// about half. What packages are made large with.
#pragma once

#include <cstdint>
#include <string>

#include "io/byte_source.h"

namespace tabferry::sim::make {

class Filler : public io::ByteSource {
 public:
  // `size_bytes` in all, a line of headings among them; the last line may be cut.
  Filler(uint64_t seed, uint64_t size_bytes) : seed_(seed), left_(size_bytes) {}

  size_t read(std::span<char> into) override;

 private:
  void make_line();

  uint64_t seed_;
  uint64_t left_;
  uint64_t line_number_ = 0;
  std::string line_;  // the current one
  size_t given_ = 0;  // how much of it
};

}  // namespace tabferry::sim::make
