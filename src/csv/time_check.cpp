#include "csv/chars.h"
#include "csv/check.h"

namespace tabferry::csv {
namespace {

bool is_two_digits(const char* at) { return is_digit(at[0]) && is_digit(at[1]); }

// Drops the front where it is a date.
bool drop_date(std::string_view& text) {
  constexpr size_t kLength = 10;
  if (text.size() < kLength) return false;
  const char* const at = text.data();
  const bool good = is_two_digits(at) && is_two_digits(at + 2) && at[4] == '-' && is_two_digits(at + 5) &&
                    at[7] == '-' && is_two_digits(at + 8) && !text.starts_with("0000");
  text.remove_prefix(kLength);
  return good;
}

// Drops the separator and two digits up to 59 where they are at the front.
bool drop_sixtieth(std::string_view& text, char separator) {
  if (text.size() < 3 || text[0] != separator || !is_two_digits(text.data() + 1) || text[1] > '5') return false;
  text.remove_prefix(3);
  return true;
}

// Drops the front where it is HH:MM[:SS[.f+]].
bool drop_clock(std::string_view& text) {
  if (text.size() < 2 || !is_two_digits(text.data())) return false;
  if (text[0] > '2' || (text[0] == '2' && text[1] > '3')) return false;
  text.remove_prefix(2);
  if (!drop_sixtieth(text, ':')) return false;
  if (!drop_sixtieth(text, ':') || !text.starts_with('.')) return true;
  size_t end = 1;
  while (end < text.size() && is_digit(text[end])) ++end;
  text.remove_prefix(end);
  return end > 1;
}

bool is_utc(std::string_view zone) {
  return zone.empty() || zone == "Z" || zone == "+00" || zone == "+00:00" || zone == "+0000";
}

bool is_zone(std::string_view zone) {
  if (zone.empty() || zone == "Z") return true;
  if (zone.size() < 3 || (zone[0] != '+' && zone[0] != '-') || !is_two_digits(zone.data() + 1)) return false;
  zone.remove_prefix(3);
  if (zone.starts_with(':')) return zone.size() == 3 && is_two_digits(zone.data() + 1);
  return zone.empty() || (zone.size() == 2 && is_two_digits(zone.data()));
}

// Drops the front where it is a moment; what is left is the zone. A date alone has none.
bool drop_moment(std::string_view& text) {
  if (!drop_date(text)) return false;
  if (text.empty()) return true;
  if (text.front() != ' ' && text.front() != 'T') return false;
  text.remove_prefix(1);
  return drop_clock(text);
}

}  // namespace

bool is_date(std::string_view text) {
  text = without_blanks(text);
  return drop_date(text) && text.empty();
}

bool is_time(std::string_view text) {
  text = without_blanks(text);
  return drop_clock(text) && text.empty();
}

bool is_timestamp(std::string_view text) {
  text = without_blanks(text);
  return drop_moment(text) && is_utc(text);
}

bool is_timestamp_tz(std::string_view text) {
  text = without_blanks(text);
  return drop_moment(text) && is_zone(text);
}

}  // namespace tabferry::csv
