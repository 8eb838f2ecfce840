// Bytes that are pulled: a file, an object, a download. One thread at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace tabferry::io {

class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills the front of `into` (not empty) and says how many bytes came; 0 is the end, and stays the end.
  // Blocks. A cut, changed or cancelled stream throws: it never looks finished.
  virtual size_t read(std::span<char> into) = 0;
};

}  // namespace tabferry::io
