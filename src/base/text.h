// Small text: what several rooms say and read in the same way. Bytes are UTF-8 unless said otherwise; case is ASCII's.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tabferry::base {

std::string_view trim(std::string_view text);                        // without spaces, tabs and line ends around it
std::string lower(std::string_view text);                            // A-Z to a-z
bool equal_ignoring_case(std::string_view a, std::string_view b);    // A-Z like a-z
std::vector<std::string_view> split(std::string_view text, char separator);   // "a//b" by '/' is {a, "", b}
std::string join(const std::vector<std::string>& parts, std::string_view between);

// True where every byte belongs to well-formed UTF-8 (RFC 3629: no surrogates, nothing overlong).
bool is_utf8(std::string_view text);

// For messages: in single quotes, control characters and broken UTF-8 as \xNN, cut to max_bytes with an ellipsis.
std::string quoted(std::string_view text, size_t max_bytes = 120);

// "12 B", "3.4 MB" (powers of 1000), "1,234,567", "850 ms", "12.3 s", "4 min 05 s".
std::string human_bytes(uint64_t size_bytes);
std::string human_count(uint64_t count);
std::string human_seconds(double seconds);

// "1 file", "12 files": count and noun; the plural is noun + "s".
std::string counted(uint64_t count, std::string_view noun);

// The candidate nearest to `word` by edit distance (at most a third of its letters differ), for "did you mean".
std::optional<std::string> nearest(std::string_view word, std::span<const std::string_view> candidates);

// "512MiB", "64 MB", "1GiB", "4096" -> bytes. Absent where it is no size.
std::optional<uint64_t> parse_bytes(std::string_view text);

}  // namespace tabferry::base
