// A file that is nowhere: its bytes are made while they are read. And how much memory this process took at its peak.
#pragma once

#include <cstring>
#include <fstream>
#include <memory>
#include <string>

#include "http/client.h"

namespace tabferry::tableau {

struct Reads {
  int opened = 0;
  uint64_t bytes = 0;
  size_t largest = 0;  // of one read
};

// Outlived by `reads`.
inline http::Body large_file(uint64_t size_bytes, Reads& reads) {
  class Source : public io::ByteSource {
   public:
    Source(uint64_t size, Reads& told) : left_(size), reads_(told) { ++reads_.opened; }
    size_t read(std::span<char> into) override {
      const auto got = static_cast<size_t>(std::min<uint64_t>(into.size(), left_));
      std::memset(into.data(), 'x', got);
      left_ -= got;
      reads_.bytes += got;
      reads_.largest = std::max(reads_.largest, into.size());
      return got;
    }

   private:
    uint64_t left_;
    Reads& reads_;
  };
  return {.size_bytes = size_bytes, .open = [=, &reads] { return std::make_unique<Source>(size_bytes, reads); }};
}

// Resident bytes: those of now, and their peak since reset_peak_memory().
inline uint64_t memory_of(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;)
    if (uint64_t kib = 0; word == key + ":" && status >> kib) return kib << 10;
  return 0;
}
inline uint64_t memory_now() { return memory_of("VmRSS"); }
inline uint64_t peak_memory() { return memory_of("VmHWM"); }
inline void reset_peak_memory() { std::ofstream("/proc/self/clear_refs") << 5; }

}  // namespace tabferry::tableau
