#include "weather/which.h"

#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "weather/units.h"

namespace tabferry::weather {
namespace {

using base::ErrorKind;

Which parse_chance(std::string_view text) {
  double percent = -1;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, percent, std::chars_format::fixed);
  if (error != std::errc{} || stop != end || percent < 0 || percent > 100)
    base::fail(ErrorKind::usage, "'{}%' is no chance from 0% to 100%", text);
  return {.chance = percent / 100};
}

// splitmix64 (Steele, Lea, Flood 2014): neighbouring numbers give unrelated results.
uint64_t mix(uint64_t x) {
  x += 0x9e3779b97f4a7c15;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
  x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
  return x ^ (x >> 31);
}

}  // namespace

Which parse_which(std::string_view text) {
  if (text.ends_with('%')) return parse_chance(text.substr(0, text.size() - 1));
  Which which;
  const size_t dash = text.find('-');
  const bool open = text.ends_with('+');
  constexpr std::string_view kWhat = "request number";
  which.first = parse_number(open ? text.substr(0, text.size() - 1) : text.substr(0, dash), kWhat);
  if (!open) which.last = dash == std::string_view::npos ? which.first : parse_number(text.substr(dash + 1), kWhat);
  if (which.first == 0 || which.last < which.first)
    base::fail(ErrorKind::usage, "{} names no requests; write 3, 2-4, 7+ (they begin at 1) or 2%", base::quoted(text));
  return which;
}

bool falls_on(const Which& which, uint64_t number, uint64_t seed, uint64_t salt) {
  if (number < which.first || number > which.last) return false;
  if (which.chance >= 1) return true;
  const uint64_t dice = mix(mix(mix(seed) ^ salt) ^ number);
  return static_cast<double>(dice >> 11) * 0x1p-53 < which.chance;
}

}  // namespace tabferry::weather
