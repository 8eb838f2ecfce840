// Databases, tables and columns (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_metadata.htm).
// They come from what is published; here they are there because the site was made with them (tabferry-sim make).
#include "sim/content/erase.h"
#include "sim/core/kinds.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

template <Kind kind>
Reply query_all(Desk& desk, const Call& call) {
  return paged(desk, call, kind, visible_items(desk, kind));
}

template <Kind kind>
Reply query_one(Desk& desk, const Call& call) {
  return single(desk, asked_item(desk, call, kind, "Read"));
}

template <Kind kind>
Reply update(Desk& desk, const Call& call) {
  const Node asked = call.request(rule_of(kind).element);
  expect_only(asked, {"description", "isCertified", "certificationNote"}, {"contact", "tags", "location"});
  Item item = asked_item(desk, call, kind, "Write");
  if (const auto text = asked.attribute("description")) item.set("description", *text);
  if (const auto is = asked_flag(asked, "isCertified", 400000)) item.set_flag("isCertified", *is);
  if (item.flag("isCertified"))
    item.set("certifier", desk.user->id());
  else
    item.unset("certifier");
  if (const auto note = asked.attribute("certificationNote")) item.set("certificationNote", *note);
  if (const Node* contact = asked.child("contact"))
    item.set("contact", desk.site.at(Kind::user, contact->attribute_or("id", "")).id());
  return single(desk, desk.site.put(std::move(item)));
}

// With the tables and columns in it.
template <Kind kind>
Reply delete_one(Desk& desk, const Call& call) {
  erase_content(desk, asked_item(desk, call, kind, "Delete"));
  return {.status = 204};
}

Node column_node(const Desk& desk, const Item& column) {
  Node node = rendered(desk.site, column, Detail::single);
  return node.with("parentTableId", column.get("table"));
}

Reply query_columns(Desk& desk, const Call& call) {
  const Item& table = asked_item(desk, call, Kind::table, "Read");
  return paged(desk, call, Kind::column, desk.site.children(Kind::column, table.id()),
               [&desk](const Item& column, Detail) { return column_node(desk, column); });
}

const Item& column_at(const Desk& desk, const Call& call, std::string_view capability) {
  const Item& table = asked_item(desk, call, Kind::table, capability);
  const Item& column = desk.site.at(Kind::column, call.parameter("column"));
  if (column.get("table") != table.id()) refuse(404001, "Column '{}' could not be found.", column.id());
  return column;
}

Reply query_column(Desk& desk, const Call& call) {
  return {.payload = {column_node(desk, column_at(desk, call, "Read"))}};
}

Reply update_column(Desk& desk, const Call& call) {
  const Node asked = call.request("column");
  expect_only(asked, {"description"}, {});
  Item column = column_at(desk, call, "Write");
  if (const auto text = asked.attribute("description")) column.set("description", *text);
  return {.payload = {column_node(desk, desk.site.put(std::move(column)))}};
}

constexpr Terms kTerms{.since = 305, .feature = "data-management"};

}  // namespace

std::vector<Route> catalog_routes() {
  return {{"GET", "sites/{site}/databases", query_all<Kind::database>, kTerms},
          {"GET", "sites/{site}/databases/{id}", query_one<Kind::database>, kTerms},
          {"PUT", "sites/{site}/databases/{id}", update<Kind::database>, kTerms},
          {"DELETE", "sites/{site}/databases/{id}", delete_one<Kind::database>, kTerms},
          {"GET", "sites/{site}/tables", query_all<Kind::table>, kTerms},
          {"GET", "sites/{site}/tables/{id}", query_one<Kind::table>, kTerms},
          {"PUT", "sites/{site}/tables/{id}", update<Kind::table>, kTerms},
          {"DELETE", "sites/{site}/tables/{id}", delete_one<Kind::table>, kTerms},
          {"GET", "sites/{site}/tables/{id}/columns", query_columns, kTerms},
          {"GET", "sites/{site}/tables/{id}/columns/{column}", query_column, kTerms},
          {"PUT", "sites/{site}/tables/{id}/columns/{column}", update_column, kTerms}};
}

}  // namespace tabferry::sim
