// Workbooks (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm).
#include "sim/content/download.h"
#include "sim/content/preview.h"
#include "sim/content/published.h"
#include "sim/content/view_nodes.h"
#include "sim/content/views_of.h"
#include "sim/core/access.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr auto kKind = Kind::workbook;

Reply query_workbooks(Desk& desk, const Call& call) { return query_all_content(desk, call, kKind); }
Reply query_workbook(Desk& desk, const Call& call) { return query_content(desk, call, kKind); }
Reply update_workbook(Desk& desk, const Call& call) { return update_content(desk, call, kKind); }
Reply delete_workbook(Desk& desk, const Call& call) { return delete_content(desk, call, kKind); }
Reply download_workbook(Simulator& simulator, Call& call) { return download_content(simulator, call, kKind); }

Reply query_workbook_views(Desk& desk, const Call& call) {
  const Item& workbook = asked_item(desk, call, kKind, "Read");
  return unpaged(desk, call, Kind::view, views_of(desk.site, workbook, true), nodes_of_views(desk, call));
}

// Those that the user owns or may read.
Reply query_workbooks_of_user(Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("id"));
  require_self_or_admin(desk, user);
  const bool owned_only = call.query_flag("ownedBy");
  Rights rights(desk.site, user);
  auto workbooks = visible_items(desk, kKind);
  std::erase_if(workbooks, [&](const Item* item) {
    return item->get("owner") != user.id() && (owned_only || !rights.sees(*item));
  });
  return paged(desk, call, kKind, std::move(workbooks));
}

Reply preview(Desk& desk, const Call& call) {
  asked_item(desk, call, kKind, "Read");
  return preview_image();
}

}  // namespace

std::vector<Route> workbook_routes() {
  return {{"GET", "sites/{site}/workbooks", query_workbooks},
          {"GET", "sites/{site}/workbooks/{id}", query_workbook},
          {"PUT", "sites/{site}/workbooks/{id}", update_workbook},
          {"DELETE", "sites/{site}/workbooks/{id}", delete_workbook},
          {"GET", "sites/{site}/workbooks/{id}/content", download_workbook},
          {"GET", "sites/{site}/workbooks/{id}/views", query_workbook_views},
          {"GET", "sites/{site}/workbooks/{id}/previewImage", preview},
          {"GET", "sites/{site}/users/{id}/workbooks", query_workbooks_of_user}};
}

}  // namespace tabferry::sim
