#include "sim/core/target.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "base/text.h"
#include "base/url.h"

namespace tabferry::sim {
namespace {

constexpr int kOldestVersion = 204;
constexpr std::array<std::string_view, 3> kUnversioned = {"-", "exp", "metadata"};

// '+' is a space in a query, as clients in Python and browsers write it; %2B is a plus.
std::string query_decoded(std::string text) {
  std::replace(text.begin(), text.end(), '+', ' ');
  return base::percent_decoded(text);
}

void take_query(Call& call, std::string_view text) {
  for (const auto piece : base::split(text, '&')) {
    const auto equals = piece.find('=');
    if (piece.empty()) continue;
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    call.query.emplace(query_decoded(std::string(piece.substr(0, equals))), query_decoded(std::string(value)));
  }
}

// "3.27" is 327.
std::optional<int> parse_version(std::string_view version) {
  const auto parts = base::split(version, '.');
  int numbers[2] = {};
  for (size_t i = 0; i < 2 && parts.size() == 2; ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
    if (error != std::errc{} || end != parts[i].data() + parts[i].size() || numbers[i] > 99) return std::nullopt;
  }
  return parts.size() == 2 ? std::optional(numbers[0] * 100 + numbers[1]) : std::nullopt;
}

}  // namespace

std::vector<std::string> read_target(Call& call, int newest_version) {
  const std::string_view target = call.target;
  const auto question = target.find('?');
  if (question != std::string_view::npos) take_query(call, target.substr(question + 1));
  std::vector<std::string> segments;
  for (const auto segment : base::split(target.substr(0, question), '/'))
    if (!segment.empty()) segments.push_back(base::percent_decoded(segment));
  if (segments.size() < 3 || !base::equal_ignoring_case(segments[0], "api"))
    refuse(404950, "There is no REST API at '{}'.", target.substr(0, question));
  const std::string version = segments[1];
  call.version = newest_version;
  segments.erase(segments.begin());
  if (std::find(kUnversioned.begin(), kUnversioned.end(), version) != kUnversioned.end()) return segments;
  const auto number = parse_version(version);
  if (!number || *number < kOldestVersion || *number > newest_version)
    refuse(404003, "This server has no version '{}' of the REST API.", version);
  call.version = *number;
  segments.erase(segments.begin());
  return segments;
}

}  // namespace tabferry::sim
