#include "sim/faults/fault.h"

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "base/nearest.h"
#include "base/text.h"
#include "weather/units.h"

namespace tabferry::sim {
namespace {

using base::ErrorKind;
using base::quoted;
using Value = FaultRow::Value;

constexpr std::string_view kMethods[] = {"*", "GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"};

const FaultRow& row_named(std::string_view name) {
  std::vector<std::string_view> names;
  for (const auto& row : fault_kinds()) {
    if (row.name == name) return row;
    names.push_back(row.name);
  }
  base::fail(ErrorKind::usage, "there is no fault {}{}; tabferry-sim serve --help lists them", quoted(name),
             base::did_you_mean(name, names));
}

const FaultRow& row_of(FaultKind kind) {
  return *std::ranges::find_if(fault_kinds(), [&](const FaultRow& row) { return row.kind == kind; });
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

void check_word(const FaultRow& row, const std::string& word) {
  const auto words = base::split(row.words, ' ');
  if (std::ranges::find(words, word) == words.end())
    base::fail(ErrorKind::usage, "{} is no value of the fault {}; it knows: {}", quoted(word), row.name, row.words);
}

void check_host(const std::string& host) {
  const bool is_name = std::ranges::all_of(base::lower(host), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
  });
  if (!is_name) base::fail(ErrorKind::usage, "{} is no host name for the fault pod-redirect", quoted(host));
}

void check_number(const Fault& fault, const FaultRow& row) {
  const uint64_t number = fault.number.value_or(0);
  if (row.kind == FaultKind::forbid && fault.number && number / 1000 != 403)
    base::fail(ErrorKind::usage, "{} is no code of the fault forbid; they begin with 403", number);
  if (row.kind == FaultKind::late_error && (number < 400 || number > 599))
    base::fail(ErrorKind::usage, "{} is no status of the fault late-error; it is from 400 to 599", number);
  if (row.kind == FaultKind::too_many && number > 86400)
    base::fail(ErrorKind::usage, "{} seconds are more than a day, too long for a Retry-After", number);
}

void take_value(Fault& fault, const FaultRow& row) {
  const std::string_view meant = fault.value.empty() ? row.standard : fault.value;
  const bool is_number = row.value == Value::number || (row.value == Value::number_or_word && is_digits(meant));
  if (row.value == Value::duration)
    fault.wait = std::chrono::ceil<std::chrono::milliseconds>(weather::parse_duration(meant));
  else if (is_number && !meant.empty())
    fault.number = weather::parse_number(meant, "value of a fault");
  else if (!fault.value.empty() && !row.words.empty())
    check_word(row, fault.value);
  if (row.kind == FaultKind::status) fault.number = weather::parse_number(row.standard, "status");
  if (row.kind == FaultKind::pod_redirect) check_host(fault.value);
  check_number(fault, row);
}

Fault without_value(const FaultRow& row) {
  Fault fault{.kind = row.kind, .method = std::string(row.method)};
  fault.paths = base::Glob(std::string(row.paths));
  return fault;
}

// "429=2": the fault with its standard filter.
Fault parse_kind(std::string_view text) {
  const size_t equals = text.find('=');
  const FaultRow& row = row_named(text.substr(0, equals));
  Fault fault = without_value(row);
  if (equals != std::string_view::npos) fault.value = text.substr(equals + 1);
  if (row.value == Value::none && equals != std::string_view::npos)
    base::fail(ErrorKind::usage, "the fault {} takes no value", row.name);
  if (fault.value.empty() && (row.needs_value || equals != std::string_view::npos))
    base::fail(ErrorKind::usage, "the fault {} wants a value behind its '='", row.name);
  take_value(fault, row);
  return fault;
}

// Takes " on METHOD PATH-GLOB" off the end, where it stands there. Notes of a job may say "on" too, so that all three
// words must be right.
std::optional<std::pair<std::string, std::string>> take_filter(std::string_view& text) {
  constexpr std::string_view kOn = " on ";
  const size_t on = text.rfind(kOn);
  if (on == std::string_view::npos) return std::nullopt;
  const auto words = base::split(text.substr(on + kOn.size()), ' ');
  if (words.size() != 2 || words[1].empty() || std::ranges::find(kMethods, words[0]) == std::end(kMethods))
    return std::nullopt;
  text = text.substr(0, on);
  return std::pair(std::string(words[0]), base::lower(words[1]));
}

}  // namespace

bool Fault::concerns(std::string_view of_method, std::string_view path) const {
  return (method == "*" || method == of_method) && paths.matches(base::lower(path));
}

Fault parse_fault(std::string_view text) {
  std::string_view rest = text;
  const auto filter = take_filter(rest);
  const size_t at = rest.rfind('@');
  if (at == std::string_view::npos)
    base::fail(ErrorKind::usage, "the fault {} does not say on which requests it falls; write KIND@3, @2-4, @7+ or @2%",
               quoted(text));
  Fault fault = parse_kind(rest.substr(0, at));
  if (!filter && rest.find(" on ", at) != std::string_view::npos)
    base::fail(ErrorKind::usage,
               "{}: behind ' on ' stand a METHOD in capitals (or *) and a path, as in: on GET **/content",
               quoted(text));
  fault.which = weather::parse_which(rest.substr(at + 1));
  fault.text = text;
  if (!filter) return fault;
  fault.method = filter->first;
  fault.paths = base::Glob(filter->second);
  return fault;
}

Fault always(FaultKind kind, const std::string& value) {
  const FaultRow& row = row_of(kind);
  Fault fault = without_value(row);
  fault.value = value;
  take_value(fault, row);
  fault.text = fmt::format("{}{}{}@1+", row.name, value.empty() ? "" : "=", value);
  return fault;
}

}  // namespace tabferry::sim
