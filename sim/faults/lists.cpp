// Faults of lists.
#include <algorithm>

#include "sim/core/kinds.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

void move_across_pages(FaultRules& faults, const Occasion& occasion, std::vector<const Item*>& items) {
  const auto strike = faults.strike(FaultKind::move_across_pages, occasion);
  if (!strike) return;
  const bool is_back = strike->fault->value == "back";
  const std::string id = is_back ? items.front()->id() : items.back()->id();
  std::rotate(items.begin(), is_back ? items.begin() + 1 : items.end() - 1, items.end());
  const auto way = is_back ? "front to the end" : "end to the front";
  faults.done(*strike, occasion, fmt::format("moved {} from the {}", id, way));
}

}  // namespace

void faults_on_list(const Desk& desk, std::vector<const Item*>& items) {
  const IndexLag& lag = desk.simulator.index_lag;
  if (lag.hides_any()) std::erase_if(items, [&](const Item* item) { return lag.hides(item->id()); });
}

size_t faults_on_page(const Desk& desk, const Call& call, const Page& page, std::vector<const Item*>& items) {
  FaultRules& faults = desk.simulator.faults;
  if (!faults.any()) return items.size();
  const Occasion occasion = occasion_of(call);
  if (page.number > 1 && items.size() > page.size) move_across_pages(faults, occasion, items);
  const auto strike = faults.strike(FaultKind::total_too_large, occasion);
  if (!strike) return items.size();
  const size_t total = items.size() + strike->fault->number.value_or(1);
  faults.done(*strike, occasion, fmt::format("said {} of {}", total, items.size()));
  return total;
}

}  // namespace tabferry::sim
