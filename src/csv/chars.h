// Single characters of a field.
#pragma once

#include <string_view>

namespace tabferry::csv {

inline bool is_digit(char c) { return static_cast<unsigned char>(c - '0') < 10; }

// Blanks and tabs: what Hyper drops around numbers and dates.
inline bool is_blank(char c) { return c == ' ' || c == '\t'; }

inline std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

inline std::string_view without_sign(std::string_view text) {
  if (!text.empty() && (text.front() == '-' || text.front() == '+')) text.remove_prefix(1);
  return text;
}

}  // namespace tabferry::csv
