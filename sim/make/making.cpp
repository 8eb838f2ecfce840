#include "sim/make/making.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/clock.h"
#include "base/text.h"
#include "sim/core/kinds.h"

namespace tabferry::sim::make {
namespace {

constexpr auto kPresent = base::WallTime(std::chrono::milliseconds(1'767'578'400'000));  // 2026-01-05T02:00:00Z
constexpr uint64_t kTwoYears = uint64_t{730} * 24 * 3600;                                // seconds

}  // namespace

Dice Making::dice(Kind kind, uint64_t number) const { return Dice(order_.seed, rule_of(kind).name, number); }

Item Making::item(Kind kind, uint64_t number, std::string_view purpose) const {
  return Item(kind, Dice(order_.seed, fmt::format("id of {} {}", rule_of(kind).name, purpose), number).uuid());
}

std::string Making::put(Item item) {
  remember(item);
  return site_.put(std::move(item)).id();
}

std::string Making::content_url(Kind kind, std::string_view name) {
  std::string url;
  for (const char letter : name)
    if (letter == '-' || letter == '_' || (static_cast<unsigned char>(letter) < 0x80 && std::isalnum(letter)))
      url += letter;
  if (url.empty()) url = rule_of(kind).called;
  auto& taken = content_urls_[static_cast<size_t>(kind)];
  if (!taken.insert(base::lower(url)).second) {
    url += fmt::format("_{}", next_number());
    taken.insert(base::lower(url));
  }
  return url;
}

std::string Making::past_time(Dice& dice) {
  return base::iso_time(kPresent - std::chrono::seconds(3600 + dice.below(kTwoYears)));
}

std::string Making::later_than(const std::string& time, Dice& dice) {
  const auto from = base::parse_iso_time(time).value_or(kPresent);
  const auto span = std::chrono::duration_cast<std::chrono::seconds>(kPresent - from).count();
  return base::iso_time(from + std::chrono::seconds(dice.below(static_cast<uint64_t>(std::max<int64_t>(1, span)))));
}

}  // namespace tabferry::sim::make
