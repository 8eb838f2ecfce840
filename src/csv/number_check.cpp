#include <algorithm>
#include <charconv>
#include <limits>

#include "base/text.h"
#include "csv/chars.h"
#include "csv/check.h"

namespace tabferry::csv {
namespace {

constexpr size_t kFiniteDigits = 300;  // fewer digits than this, without an exponent, are always finite

// Drops the digits at the front and counts them.
size_t drop_digits(std::string_view& text) {
  size_t count = 0;
  while (count < text.size() && is_digit(text[count])) ++count;
  text.remove_prefix(count);
  return count;
}

// A decimal without blanks and exponent.
bool is_plain(std::string_view text) {
  text = without_sign(text);
  size_t digits = drop_digits(text);
  if (text.empty()) return digits > 0;
  if (text.front() != '.') return false;
  text.remove_prefix(1);
  digits += drop_digits(text);
  return digits > 0 && text.empty();
}

bool is_exponent(std::string_view text) {
  text = without_sign(text.substr(1));  // behind the e
  return drop_digits(text) > 0 && text.empty();
}

// The power of ten in front of a decimal's first digit that counts: 2 for 12.5, -1 for 0.05, whatever its exponent.
int64_t magnitude(std::string_view digits) {
  const auto point = static_cast<int64_t>(std::min(digits.find('.'), digits.size()));
  const auto first = digits.find_first_not_of("0.");
  if (first == std::string_view::npos) return std::numeric_limits<int64_t>::min() / 2;
  const auto at = static_cast<int64_t>(first);
  return at < point ? point - at : point - at + 1;
}

int64_t exponent_of(std::string_view text) {
  if (text.empty()) return 0;
  const bool negative = text.starts_with('-');
  text = without_sign(text);
  int64_t value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc{}) value = std::numeric_limits<int64_t>::max() / 4;
  return negative ? -value : value;
}

}  // namespace

bool is_integer(std::string_view text) {
  text = without_sign(without_blanks(text));
  return drop_digits(text) > 0 && text.empty();
}

bool is_decimal(std::string_view text) {
  if (is_plain(text)) return true;
  text = without_sign(without_blanks(text));
  size_t digits = drop_digits(text);
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits += drop_digits(text);
  }
  if (digits == 0) return false;
  return text.empty() || ((text.front() == 'e' || text.front() == 'E') && is_exponent(text));
}

bool overflows(std::string_view decimal) {
  const auto text = without_sign(without_blanks(decimal));
  const auto e = std::min(text.find_first_of("eE"), text.size());
  if (e == text.size() && e < kFiniteDigits) return false;
  double value = 0;
  const auto result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ec != std::errc::result_out_of_range) return false;
  const auto exponent =
      exponent_of(text.substr(std::min(e + 1, text.size())));  // out of range is 0 or infinity: which?
  return magnitude(text.substr(0, e)) + exponent > 0;
}

bool is_double(std::string_view text) {
  if (text.size() < kFiniteDigits && is_plain(text)) return true;   // nearly all of them
  if (is_decimal(text)) return !overflows(text);
  const auto word = without_sign(without_blanks(text));
  const auto is = [&](std::string_view other) { return base::equal_ignoring_case(word, other); };
  return is("nan") || is("inf") || is("infinity");
}

}  // namespace tabferry::csv
