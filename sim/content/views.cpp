// Views (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm).
#include <algorithm>

#include "sim/content/erase.h"
#include "sim/content/preview.h"
#include "sim/content/view_nodes.h"
#include "sim/content/views_of.h"
#include "sim/core/access.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Node view_node(const Desk& desk, const Item& view, Detail detail, bool usage) {
  Node node = rendered(desk.site, view, detail);
  if (!usage) return node;
  const auto behind = std::find_if(node.children.begin(), node.children.end(),
                                   [](const Node& child) { return child.name == "location"; });
  node.children.insert(behind, Node("usage").with_number("totalViewCount", view.number("_totalViewCount")));
  return node;
}

// The views that people see: hidden ones are told with their workbook alone [INF].
Reply query_views(Desk& desk, const Call& call) {
  auto views = visible_items(desk, Kind::view);
  std::erase_if(views, [](const Item* view) { return view->flag("hidden"); });
  return paged(desk, call, Kind::view, std::move(views), nodes_of_views(desk, call));
}

Reply query_view(Desk& desk, const Call& call) {
  const bool usage = call.query_flag("includeUsageStatistics");
  return {.payload = {view_node(desk, asked_item(desk, call, Kind::view, "Read"), Detail::single, usage)}};
}

// The last one cannot go: a workbook without views is none [INF].
Reply delete_view(Desk& desk, const Call& call) {
  const Item view = asked_item(desk, call, Kind::view, "Delete");
  Item workbook = desk.site.at(Kind::workbook, view.get("workbook"));
  erase_content(desk, view);
  const auto left = views_of(desk.site, workbook, false);
  if (left.empty()) refuse(403004, "'{}' is the only view of its workbook.", view.get("name"));
  workbook.set_number("sheetCount", workbook.number("sheetCount") - 1);
  if (workbook.get("defaultViewId") == view.id()) workbook.set("defaultViewId", left.front()->id());
  desk.site.put(std::move(workbook));
  return {.status = 204};
}

Reply preview(Desk& desk, const Call& call) {
  const Item& view = desk.site.at(Kind::view, call.parameter("view"));
  require(desk.site, *desk.user, view, "Read", 403004);
  if (view.get("workbook") != desk.site.at(Kind::workbook, call.parameter("id")).id())
    refuse(404011, "View '{}' could not be found in the workbook.", view.id());
  return preview_image();
}

}  // namespace

NodeOf nodes_of_views(const Desk& desk, const Call& call) {
  const bool usage = call.query_flag("includeUsageStatistics");
  return [&desk, usage](const Item& view, Detail detail) { return view_node(desk, view, detail, usage); };
}

std::vector<Route> view_routes() {
  return {{"GET", "sites/{site}/views", query_views},
          {"GET", "sites/{site}/views/{id}", query_view, {.since = 301}},
          {"DELETE", "sites/{site}/views/{id}", delete_view, {.since = 327}},
          {"GET", "sites/{site}/workbooks/{id}/views/{view}/previewImage", preview}};
}

}  // namespace tabferry::sim
