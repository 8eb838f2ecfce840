#include <algorithm>

#include "app/settings_reading.h"
#include "base/text.h"

namespace tabferry::app {

void Origins::set(const ConfigNode& node, std::string value) {
  if (has_control_characters(value)) value = base::quoted(value, 400);
  placed_.push_back({node.order(), {.key = node.path(), .value = std::move(value), .source = node.place()}});
}

void Origins::by_default(const ConfigNode& parent, std::string_view key, std::string value) {
  const std::string path = parent.path().empty() ? std::string(key) : fmt::format("{}.{}", parent.path(), key);
  placed_.push_back({parent.order(), {.key = path, .value = std::move(value), .source = "default"}});
}

void Origins::elsewhere(std::string key, std::string value, std::string source) {
  placed_.push_back({0, {.key = std::move(key), .value = std::move(value), .source = std::move(source)}});
}

std::vector<Origin> Origins::in_order() const {
  auto placed = placed_;
  std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.order < b.order; });
  std::vector<Origin> origins;
  for (auto& one : placed) origins.push_back(std::move(one.origin));
  return origins;
}

}  // namespace tabferry::app
