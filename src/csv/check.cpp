#include "csv/check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "csv/chars.h"

using tabferry::table::Kind;

namespace tabferry::csv {
namespace {

bool contains(std::string_view text, char c) { return text.find(c) != std::string_view::npos; }

bool stands_for_null(std::string_view text) {
  static constexpr std::array<std::string_view, 9> kWords = {"null", "(null)", "none", "nil", "na",
                                                             "n/a",  "#n/a",   "\\n",  "-"};
  return std::any_of(kWords.begin(), kWords.end(), [&](auto word) { return base::equal_ignoring_case(text, word); });
}

std::string number_complaint(const table::Type& type, std::string_view text) {
  const std::string name = table::sql(type);
  const bool whole = type.kind != Kind::numeric && type.kind != Kind::double_precision;
  if (type.kind == Kind::double_precision && is_decimal(text))
    return "is too large for a double and would become Infinity: correct the value, or make the column text";
  if (whole && is_decimal(text))
    return fmt::format("is no {}, which takes digits only: write a whole number, or make the column numeric or double",
                       name);
  if (is_double(text)) return fmt::format("is no {}: correct the value, or make the column double", name);
  if (!std::any_of(text.begin(), text.end(), is_digit))
    return fmt::format("is no {}: correct the value, or make the column text", name);
  if (contains(text, ','))
    return "has a thousands mark (or a decimal comma): write plain digits, with a point before the decimals";
  if (text.front() == '(') return "is an amount in brackets: write it with a minus sign instead";
  if (text.back() == '%') return "has a percent sign: write the number that is meant (0.05 for 5%)";
  return fmt::format("is no {}: write digits with an optional sign{}", name, whole ? "" : " and a decimal point");
}

constexpr auto kWouldGuess = "and the engine would guess: rewrite it, or make the column text";

std::string date_complaint(std::string_view text) {
  if (is_timestamp_tz(text))
    return "has a time of day, which a date would lose: make the column timestamp, or remove the time";
  return fmt::format("is no date as YYYY-MM-DD (2024-01-31), {}", kWouldGuess);
}

std::string timestamp_complaint(std::string_view text) {
  if (is_timestamp_tz(text))
    return "has a zone other than UTC, which a timestamp would drop: make the column timestamptz, or write it in UTC";
  return fmt::format("is no timestamp as YYYY-MM-DD HH:MM:SS (00:00 to 23:59, '.' before the fraction), {}",
                     kWouldGuess);
}

std::string timestamp_tz_complaint() {
  return fmt::format("is no timestamp as YYYY-MM-DD HH:MM:SS+00:00 (00:00 to 23:59, '.' before the fraction, "
                     "zone as Z or +HH:MM), {}", kWouldGuess);
}

std::string time_complaint() {
  return fmt::format("is no time as HH:MM:SS (00:00 to 23:59, no zone, no AM or PM), {}", kWouldGuess);
}

}  // namespace

Check check_for(const table::Type& type) {
  switch (type.kind) {
    case Kind::small_int:
    case Kind::integer:
    case Kind::big_int:
    case Kind::oid: return is_integer;
    case Kind::numeric: return is_decimal;
    case Kind::double_precision: return is_double;
    case Kind::date: return is_date;
    case Kind::time: return is_time;
    case Kind::timestamp: return is_timestamp;
    case Kind::timestamp_tz: return is_timestamp_tz;
    default: return nullptr;
  }
}

std::string complaint(const table::Type& type, std::string_view text, std::string_view null_string) {
  text = without_blanks(text);
  const auto null = null_string.empty() ? "leave the field empty" : fmt::format("write {}", null_string);
  if (text.empty()) return fmt::format("is no {}: for NULL, {}, without quotes and blanks", table::sql(type), null);
  if (stands_for_null(text))
    return fmt::format("is no {}: if it stands for NULL, {}, without quotes and blanks", table::sql(type), null);
  switch (type.kind) {
    case Kind::date: return date_complaint(text);
    case Kind::time: return time_complaint();
    case Kind::timestamp: return timestamp_complaint(text);
    case Kind::timestamp_tz: return timestamp_tz_complaint();
    default: return number_complaint(type, text);
  }
}

}  // namespace tabferry::csv
