#include "sim/core/list.h"

#include "sim/core/access.h"
#include "sim/core/kinds.h"
#include "sim/core/query.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

Node list_of(const Desk& desk, const Call& call, Kind kind, std::span<const Item* const> items, const NodeOf& node_of) {
  const WantedFields wanted(call);
  Node list(rule_of(kind).list);
  list.as_list().children.reserve(items.size());
  for (const Item* item : items) {
    list.add(node_of ? node_of(*item, wanted.detail()) : rendered(desk.site, *item, wanted.detail()));
    wanted.reduce(list.children.back());
  }
  return list;
}

}  // namespace

std::vector<const Item*> visible_items(const Desk& desk, Kind kind) {
  std::vector<const Item*> items = desk.site.list(kind);
  if (is_site_admin(*desk.user)) return items;
  Rights rights(desk.site, *desk.user);
  std::erase_if(items, [&](const Item* item) { return !rights.sees(*item); });
  return items;
}

Reply paged(const Desk& desk, const Call& call, Kind kind, std::vector<const Item*> items, const NodeOf& node_of) {
  const Page page = requested_page(call);
  items = selected(desk.site, call, std::move(items));
  faults_on_list(desk, items);
  const size_t total = faults_on_page(desk, call, page, items);
  const auto [first, last] = range_of(page, items.size());
  const auto shown = std::span(items).subspan(first, last - first);
  return {.payload = {pagination(page, total), list_of(desk, call, kind, shown, node_of)}};
}

Reply unpaged(const Desk& desk, const Call& call, Kind kind, std::vector<const Item*> items, const NodeOf& node_of) {
  items = selected(desk.site, call, std::move(items));
  faults_on_list(desk, items);
  return {.payload = {list_of(desk, call, kind, items, node_of)}};
}

Reply single(const Desk& desk, const Item& item, int status) {
  return {.status = status, .payload = {rendered(desk.site, item, Detail::single)}};
}

}  // namespace tabferry::sim
