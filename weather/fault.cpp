#include "weather/fault.h"

#include <utility>

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

}  // namespace

Fault parse_fault(std::string_view text) {
  const size_t at = text.rfind('@');
  if (at == std::string_view::npos)
    base::fail(ErrorKind::usage, "{} does not say at which request; write KIND@N", base::quoted(text));
  Fault fault = parse_kind(text.substr(0, at));
  fault.which = parse_which(text.substr(at + 1));
  return fault;
}

}  // namespace tabferry::weather
