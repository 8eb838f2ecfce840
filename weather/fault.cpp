#include "weather/fault.h"

#include <charconv>
#include <vector>

#include "base/error.h"
#include "base/text.h"
#include "weather/units.h"

namespace tabferry::weather {
namespace {

using base::ErrorKind;

constexpr std::pair<std::string_view, FaultKind> kKinds[] = {
    {"reset-before", FaultKind::reset_before},         {"cut-before", FaultKind::cut_before},
    {"reset-in-request", FaultKind::reset_in_request}, {"reset-after-request", FaultKind::reset_after_request},
    {"cut-in-answer", FaultKind::cut_in_answer},       {"reset-in-answer", FaultKind::reset_in_answer},
    {"stall", FaultKind::stall},                       {"mute", FaultKind::mute},
};

Fault parse_kind(std::string_view text) {
  Fault fault{.name = std::string(text)};
  if (text.starts_with("slow:")) {
    fault.kind = FaultKind::slow;
    fault.wait = parse_duration(text.substr(5));
    return fault;
  }
  if (text.starts_with("status-")) {
    fault.kind = FaultKind::status;
    const uint64_t status = parse_number(text.substr(7), "status");
    if (status < 400 || status > 599) base::fail(ErrorKind::usage, "the status of a fault is from 400 to 599");
    fault.status = static_cast<int>(status);
    return fault;
  }
  for (const auto& [name, kind] : kKinds) {
    fault.kind = kind;
    if (name == text) return fault;
  }
  base::fail(ErrorKind::usage, "there is no fault {}; --help lists them", base::quoted(text));
}

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

Fault parse_fault(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos)
    base::fail(ErrorKind::usage, "{} does not say at which request; write KIND@N", base::quoted(text));
  Fault fault = parse_kind(text.substr(0, at));
  fault.which = parse_which(text.substr(at + 1));
  return fault;
}

bool falls_on(const Which& which, uint64_t number, uint64_t seed, uint64_t salt) {
  if (number < which.first || number > which.last) return false;
  if (which.chance >= 1) return true;
  const uint64_t dice = mix(mix(mix(seed) ^ salt) ^ number);
  return static_cast<double>(dice >> 11) * 0x1p-53 < which.chance;
}

}  // namespace tabferry::weather
