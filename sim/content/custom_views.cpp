// Custom views (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm): lists,
// changes, downloads. Clients download from /api/exp/ or from the version's own path.
#include "sim/content/custom_views.h"

#include "base/text.h"
#include "base/url.h"
#include "io/file.h"
#include "sim/content/erase.h"
#include "sim/content/preview.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// Administrators see all, others their own and those that are shared.
Reply query_custom_views(Desk& desk, const Call& call) {
  return paged(desk, call, Kind::custom_view, visible_items(desk, Kind::custom_view));
}

Reply query_custom_view(Desk& desk, const Call& call) {
  return single(desk, asked_item(desk, call, Kind::custom_view, "Read"));
}

void give_to(const Desk& desk, Item& item, const Node& owner) {
  const Item& user = desk.site.at(Kind::user, owner.attribute_or("id", ""));
  item.set("owner", user.id());
}

Reply update_custom_view(Desk& desk, const Call& call) {
  const Node asked = call.request("customView");
  expect_only(asked, {"name", "shared"}, {"owner"});
  Item item = asked_item(desk, call, Kind::custom_view, "Write");
  if (const auto name = asked.attribute("name"); name && !base::trim(*name).empty()) item.set("name", *name);
  if (const auto shared = asked.attribute("shared")) item.set_flag("shared", base::lower(*shared) == "true");
  if (const Node* owner = asked.child("owner")) give_to(desk, item, *owner);
  return single(desk, desk.site.put(item.set("updatedAt", desk.now)));
}

Reply delete_custom_view(Desk& desk, const Call& call) {
  erase_content(desk, asked_item(desk, call, Kind::custom_view, "Delete"));
  return {.status = 204};
}

// Opened under the lock: it can be read to its end whatever happens to the custom view meanwhile.
Reply download_custom_view(Desk& desk, const Call& call) {
  const Item& item = asked_item(desk, call, Kind::custom_view, "Read");
  if (item.get("_file").empty()) refuse(404011, "There is no content of the custom view '{}'.", item.get("name"));
  const auto source = std::make_shared<io::FileSource>(desk.simulator.folder.path_of(item.get("_file")));
  Reply reply{.content_type = "application/json", .file = source, .file_bytes = source->size_bytes()};
  reply.headers.emplace_back("Content-Disposition", fmt::format("name=\"tableau_customview\"; filename*=UTF-8''{}.json",
                                                                base::percent_encoded(item.get("name"))));
  return reply;
}

Reply image_of_custom_view(Desk& desk, const Call& call) {
  asked_item(desk, call, Kind::custom_view, "Read");
  return preview_image();
}

}  // namespace

std::vector<Route> custom_view_routes() {
  return {{"GET", "sites/{site}/customviews", query_custom_views, {.since = 318}},
          {"GET", "sites/{site}/customviews/{id}", query_custom_view, {.since = 318}},
          {"PUT", "sites/{site}/customviews/{id}", update_custom_view, {.since = 318}},
          {"DELETE", "sites/{site}/customviews/{id}", delete_custom_view, {.since = 319}},
          {"GET", "sites/{site}/customviews/{id}/image", image_of_custom_view, {.since = 318}},
          {"GET", "sites/{site}/customviews/{id}/content", download_custom_view, {.since = 321}},
          {"GET", "exp/sites/{site}/customviews/{id}/content", download_custom_view, {.since = 321}},
          {"POST", "exp/sites/{site}/customviews", publish_custom_view, {.since = 321}},
          {"GET", "sites/{site}/customviews/{id}/default/users", query_default_users, {.since = 321}},
          {"POST", "sites/{site}/customviews/{id}/default/users", set_default_users, {.since = 321}}};
}

}  // namespace tabferry::sim
