#include "sim/content/published.h"

#include <map>
#include <memory>
#include <set>

#include "sim/content/erase.h"
#include "sim/content/views_of.h"

namespace tabferry::sim {
namespace {

// In a workbook a view says nothing of the workbook: a client would take that for another workbook.
Node view_in_workbook(const Desk& desk, const Item& view) {
  Node node = rendered(desk.site, view, Detail::listed);
  std::erase_if(node.children, [](const Node& child) { return child.name != "tags"; });
  return view.flag("hidden") ? node.with_flag("hidden", true) : node;
}

void add_views(const Desk& desk, Node& node, const Item& workbook) {
  Node views("views");
  views.as_list();
  for (const Item* view : views_of(desk.site, workbook, true)) views.add(view_in_workbook(desk, *view));
  const auto policy = std::find_if(node.children.begin(), node.children.end(),
                                   [](const Node& child) { return child.name == "dataFreshnessPolicy"; });
  node.children.insert(policy, std::move(views));
}

// How many workbooks have a connection to each data source.
using Counts = std::map<std::string, uint64_t, std::less<>>;
Counts connected_workbooks(const Site& site) {
  std::map<std::string, std::set<std::string>> workbooks;
  for (const auto& [id, connection] : site.all(Kind::connection))
    if (connection.has("datasource") && site.find(Kind::workbook, connection.get("content")) != nullptr)
      workbooks[connection.get("datasource")].insert(connection.get("content"));
  Counts counts;
  for (const auto& [datasource, readers] : workbooks) counts.emplace(datasource, readers.size());
  return counts;
}

Node datasource_node(const Desk& desk, const Item& item, Detail detail, const Counts& counts) {
  const auto found = counts.find(item.id());
  const uint64_t readers = found == counts.end() ? 0 : found->second;
  return rendered(desk.site, item, detail).with_number("connectedWorkbooksCount", readers);
}

}  // namespace

Node node_of_content(const Desk& desk, const Item& item) {
  if (item.kind() == Kind::datasource)
    return datasource_node(desk, item, Detail::single, connected_workbooks(desk.site));
  Node node = rendered(desk.site, item, Detail::single);
  if (item.kind() == Kind::workbook) add_views(desk, node, item);
  return node;
}

NodeOf nodes_of_content(const Desk& desk, Kind kind) {
  if (kind != Kind::datasource) return {};
  auto counts = std::make_shared<std::optional<Counts>>();  // once for a page, where it is asked for
  return [&desk, counts](const Item& item, Detail detail) {
    if (detail == Detail::listed) return rendered(desk.site, item, detail);
    if (!*counts) *counts = connected_workbooks(desk.site);
    return datasource_node(desk, item, detail, **counts);
  };
}

Reply query_all_content(Desk& desk, const Call& call, Kind kind) {
  return paged(desk, call, kind, visible_items(desk, kind), nodes_of_content(desk, kind));
}

Reply query_content(Desk& desk, const Call& call, Kind kind) {
  return {.payload = {node_of_content(desk, asked_item(desk, call, kind, "Read"))}};
}

Reply delete_content(Desk& desk, const Call& call, Kind kind) {
  erase_content(desk, asked_item(desk, call, kind, "Delete"));
  return {.status = 204};
}

}  // namespace tabferry::sim
