// Finds the bytes that give a CSV its structure, 64 at a time: delimiter, quote, line feed, carriage return, NUL.
// All other bytes are skipped unseen, which is what makes the scanner fast.
#pragma once

#include <cstddef>
#include <cstdint>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace tabferry::csv {

class Marks {
 public:
  static constexpr size_t kWidth = 64;

  Marks(char delimiter, char quote) : delimiter_(delimiter), quote_(quote) {}

  // Bit i is set where bytes[i] is a structural byte. Reads kWidth bytes.
  uint64_t of(const char* bytes) const {
#if defined(__SSE2__)
    return sixteen(bytes, 0) | sixteen(bytes, 16) << 16 | sixteen(bytes, 32) << 32 | sixteen(bytes, 48) << 48;
#else
    return of_plainly(bytes);
#endif
  }

  // The same without the processor's help: for other machines, and the yardstick of the tests.
  uint64_t of_plainly(const char* bytes) const {
    uint64_t bits = 0;
    for (size_t i = 0; i < kWidth; ++i) {
      const char c = bytes[i];
      const bool hit = c == delimiter_ || c == quote_ || c == '\n' || c == '\r' || c == '\0';
      bits |= uint64_t{hit} << i;
    }
    return bits;
  }

 private:
#if defined(__SSE2__)
  // Of the 16 bytes from bytes[offset] on.
  uint64_t sixteen(const char* bytes, size_t offset) const {
    const __m128i block = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + offset));
    const auto equals = [&](char c) { return _mm_cmpeq_epi8(block, _mm_set1_epi8(c)); };
    const __m128i ends = _mm_or_si128(_mm_or_si128(equals('\n'), equals('\r')), equals('\0'));
    const __m128i hits = _mm_or_si128(_mm_or_si128(equals(delimiter_), equals(quote_)), ends);
    return static_cast<uint64_t>(static_cast<unsigned>(_mm_movemask_epi8(hits)));
  }
#endif

  char delimiter_;
  char quote_;
};

}  // namespace tabferry::csv
