// Virtual connections (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_virtual_connections.htm).
#include "sim/content/virtual_connections.h"

#include <algorithm>

#include "base/text.h"
#include "sim/content/erase.h"
#include "sim/content/grants.h"
#include "sim/content/publishing.h"
#include "sim/content/revisions.h"
#include "sim/core/access.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr auto kKind = Kind::virtual_connection;
constexpr int kNameTaken = 409015;  // [INF] as of data sources

Reply query_virtual_connections(Desk& desk, const Call& call) {
  auto items = visible_items(desk, Kind::virtual_connection);
  std::erase_if(items, [](const Item* item) { return item->flag("_isDraft"); });
  return paged(desk, call, Kind::virtual_connection, std::move(items));
}

Reply query_virtual_connection(Desk& desk, const Call& call) {
  return {.payload = {virtual_connection_node(desk, asked_item(desk, call, kKind, "Read"))}};
}

void move_to(const Desk& desk, Item& item, const Node& wanted) {
  const Item& project = desk.site.at(Kind::project, wanted.attribute_or("id", ""));
  require(desk.site, *desk.user, project, "Write", 403004);
  item.set("project", project.id());
}

void give_to(const Desk& desk, Item& item, const Node& wanted) {
  const Item& user = desk.site.at(Kind::user, wanted.attribute_or("id", ""));
  const bool may_give = is_site_admin(*desk.user) || item.get("owner") == desk.user->id();
  if (!may_give) refuse(403004, "User '{}' cannot give '{}' away.", desk.user->get("name"), item.get("name"));
  item.set("owner", user.id());
}

void change(const Desk& desk, Item& item, const Node& asked) {
  if (const auto name = asked.attribute("name"); name && !base::trim(*name).empty())
    item.set("name", base::trim(*name));
  if (const auto is = asked.attribute("isCertified")) item.set_flag("isCertified", base::lower(*is) == "true");
  if (const auto note = asked.attribute("certificationNote")) item.set("certificationNote", *note);
  if (const Node* project = asked.child("project")) move_to(desk, item, *project);
  if (const Node* owner = asked.child("owner")) give_to(desk, item, *owner);
}

Reply update_virtual_connection(Desk& desk, const Call& call) {
  const Node asked = call.request("virtualConnection");
  expect_only(asked, {"name", "isCertified", "certificationNote"}, {"project", "owner"});
  Item item = asked_item(desk, call, kKind, "Write");
  const auto before = rules_in_force(desk.site, item);
  change(desk, item, asked);
  const Item* other = find_content(desk.site, Kind::virtual_connection, item.get("project"), item.get("name"));
  if (other != nullptr && other->id() != item.id())
    refuse(kNameTaken, "A virtual connection named '{}' already exists in this project.", item.get("name"));
  const Item& changed = desk.site.put(item.set("updatedAt", desk.now));
  settle(desk.site, before);
  return {.payload = {virtual_connection_node(desk, changed)}};
}

Reply delete_virtual_connection(Desk& desk, const Call& call) {
  erase_content(desk, asked_item(desk, call, kKind, "Delete"));
  return {.status = 204};
}

// Two shapes were recorded of real servers; this is the one of the schema. The other one is connections/connection with
// the attributes of any connection.
Node database_node(const Item& connection) {
  Node node("connection");
  node.with("connectionId", connection.id()).with("dbClass", connection.get("dbClass"));
  node.with("server", connection.get("serverAddress"));
  if (!connection.get("serverPort").empty()) node.with("port", connection.get("serverPort"));
  if (!connection.get("_database").empty()) node.with("database", connection.get("_database"));
  return node.with("username", connection.get("userName"));
}

Reply query_databases(Desk& desk, const Call& call) {
  auto connections = desk.site.children(Kind::connection, asked_item(desk, call, kKind, "Read").id());
  std::stable_sort(connections.begin(), connections.end(),
                   [](const Item* a, const Item* b) { return a->number("_place") < b->number("_place"); });
  Reply reply = paged(desk, call, Kind::connection, std::move(connections),
                      [](const Item& connection, Detail) { return database_node(connection); });
  reply.payload.back().name = "virtualConnectionConnections";
  return reply;
}

// Only the password is not told again, and not kept.
Reply modify_database(Desk& desk, const Call& call) {
  const Node asked = call.request("connection");
  expect_only(asked, {"serverAddress", "serverPort", "userName", "password"}, {});
  const Item& item = asked_item(desk, call, kKind, "Write");
  Item connection = desk.site.at(Kind::connection, call.parameter("connection"));
  if (connection.get("content") != item.id()) refuse(404020, "Connection '{}' could not be found.", connection.id());
  for (const char* field : {"serverAddress", "serverPort", "userName"})
    if (const auto value = asked.attribute(field)) connection.set(field, *value);
  if (connection.get("serverPort").find_first_not_of("0123456789") != std::string::npos)
    refuse(400003, "'{}' is no port.", connection.get("serverPort"));
  if (asked.attribute("password")) connection.set_flag("embedPassword", true);
  Node list("virtualConnectionConnections");
  return {.payload = {list.as_list().add(database_node(desk.site.put(std::move(connection))))}};
}

Reply query_revisions(Desk& desk, const Call& call) {
  return revisions_page(desk, call, asked_item(desk, call, kKind, "Write"));
}

Reply query_revision(Desk& desk, const Call& call) {
  const Item& item = asked_item(desk, call, kKind, "Write");
  const std::string& number = call.parameter("number");
  if (number == std::to_string(current_revision(item))) return {.payload = {virtual_connection_node(desk, item)}};
  const Item* revision = desk.site.find(Kind::revision, item.id() + "/" + number);
  if (revision == nullptr) refuse(404024, "Revision '{}' could not be found.", number);
  Item then = item;
  return {.payload = {virtual_connection_node(desk, then.set("_content", revision->get("_content")))}};
}

constexpr Terms kListed{.since = 318, .feature = "data-management"};
constexpr Terms kWhole{.since = 323, .feature = "data-management"};

}  // namespace

Node virtual_connection_node(const Desk& desk, const Item& item) {
  Node node = rendered(desk.site, item, Detail::single);
  return node.add(Node("content").holding(item.get("_content")));
}

std::vector<Route> virtual_connection_routes() {
  return {{"GET", "sites/{site}/virtualconnections", query_virtual_connections, kListed},
          {"POST", "sites/{site}/virtualconnections", publish_virtual_connection, kWhole},
          {"GET", "sites/{site}/virtualconnections/{id}", query_virtual_connection, kWhole},
          {"PUT", "sites/{site}/virtualconnections/{id}", update_virtual_connection, kWhole},
          {"DELETE", "sites/{site}/virtualconnections/{id}", delete_virtual_connection, kWhole},
          {"GET", "sites/{site}/virtualconnections/{id}/connections", query_databases, kListed},
          {"PUT", "sites/{site}/virtualconnections/{id}/connections/{connection}/modify", modify_database, kListed},
          {"GET", "sites/{site}/virtualconnections/{id}/revisions", query_revisions, kWhole},
          {"GET", "sites/{site}/virtualconnections/{id}/revisions/{number}", query_revision, kWhole}};
}

}  // namespace tabferry::sim
