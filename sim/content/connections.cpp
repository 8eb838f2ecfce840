// Connections (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm and its
// sisters). No password is kept: the site knows that there is one, and tells nobody which.
#include "sim/content/connections.h"

#include <algorithm>

#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kTexts[] = {"type",     "serverAddress",      "serverPort",
                                       "userName", "authenticationType", "embedPassword"};

// What a connection is to its content, whatever its credentials and its place in the document.
std::string identity_of(const Item& connection) {
  return base::join({connection.get("type"), base::lower(connection.get("serverAddress")), connection.get("serverPort"),
                     connection.get("_database"), connection.get("_datasourceName"), connection.get("_url")},
                    "\n");
}

Item connection_of(const Desk& desk, const Item& content, const Node& asked) {
  Item connection(Kind::connection, make_luid());
  connection.set("content", content.id()).set_flag("queryTaggingEnabled", false);
  for (const auto field : kTexts)
    if (const auto value = asked.attribute(field)) connection.set(field, *value);
  connection.set("dbClass", connection.get("type")).set("_database", asked.attribute_or("databaseName", ""));
  connection.set("_datasourceName", asked.attribute_or("datasource", ""));
  connection.set("_url", asked.attribute_or("datasourceUrl", ""));
  if (const Item* linked = linked_datasource(desk.site, asked))
    connection.set("datasource", linked->id());
  else
    connection.set("_datasourceId", make_luid());
  return connection;
}

Item with_id(const Item& connection, const Item& known) {
  Item same(Kind::connection, known.id());
  for (const auto& [name, value] : connection.fields()) same.set(name, value);
  if (known.has("_datasourceId") && connection.has("_datasourceId"))
    same.set("_datasourceId", known.get("_datasourceId"));
  return same;
}

// Which data source it belongs to: the data source itself, the published one that it is a link to, or one inside of the
// workbook, which has an id that leads nowhere.
Node datasource_of(const Site& site, const Item& connection) {
  if (site.find(Kind::datasource, connection.get("content")) != nullptr)
    return reference(site, Kind::datasource, "datasource", connection.get("content"), "id name");
  if (connection.has("datasource"))
    return reference(site, Kind::datasource, "datasource", connection.get("datasource"), "id name");
  Node node("datasource");
  if (connection.has("_datasourceId")) node.with("id", connection.get("_datasourceId"));
  return node.with("name", connection.get("_datasourceName"));
}

Node node_of(const Site& site, const Item& connection) {
  Node node("connection");
  node.with("id", connection.id()).with("type", connection.get("type")).with("dbClass", connection.get("dbClass"));
  node.with("serverAddress", connection.get("serverAddress"));
  if (!connection.get("serverPort").empty()) node.with("serverPort", connection.get("serverPort"));
  node.with("userName", connection.get("userName")).with_flag("embedPassword", connection.flag("embedPassword"));
  node.with_flag("queryTaggingEnabled", connection.flag("queryTaggingEnabled"));
  if (const std::string& how = connection.get("authenticationType"); !how.empty()) node.with("authenticationType", how);
  return node.add(datasource_of(site, connection));
}

Node list_of(const Site& site, const std::vector<const Item*>& connections) {
  Node list("connections");
  list.as_list();
  for (const Item* connection : connections) list.add(node_of(site, *connection));
  return list;
}

std::vector<const Item*> connections_of(const Site& site, const Item& content) {
  auto connections = site.children(Kind::connection, content.id());
  std::stable_sort(connections.begin(), connections.end(),
                   [](const Item* a, const Item* b) { return a->number("_place") < b->number("_place"); });
  return connections;
}

template <Kind kind>
Reply query_connections(Desk& desk, const Call& call) {
  const Item& content = asked_item(desk, call, kind, "Read");
  return {.payload = {list_of(desk.site, connections_of(desk.site, content))}};
}

const Item& connection_at(const Desk& desk, const Item& content, const std::string& id) {
  const Item& connection = desk.site.at(Kind::connection, id);
  if (connection.get("content") != content.id()) refuse(404020, "Connection '{}' could not be found.", id);
  return connection;
}

void check_port(const std::string& port) {
  if (port.find_first_not_of("0123456789") != std::string::npos) refuse(400003, "'{}' is no port.", port);
}

// A password without embedPassword is not kept, so it changes nothing.
const Item& changed(Desk& desk, Item connection, const Node& asked) {
  for (const char* field : {"serverAddress", "serverPort", "userName", "authenticationType"})
    if (const auto value = asked.attribute(field)) connection.set(field, *value);
  check_port(connection.get("serverPort"));
  for (const char* field : {"embedPassword", "queryTaggingEnabled"})
    if (const auto is = asked_flag(asked, field, 400008)) connection.set_flag(field, *is);
  return desk.site.put(std::move(connection));
}

template <Kind kind>
Reply update_connection(Desk& desk, const Call& call) {
  const Node asked = call.request("connection");
  expect_only(asked,
              {"id", "serverAddress", "serverPort", "userName", "password", "embedPassword", "queryTaggingEnabled",
               "authenticationType", "oauthConfigId", "useOAuthManagedKeychain"},
              {});
  const Item& content = asked_item(desk, call, kind, "Write");
  const Item& connection = connection_at(desk, content, call.parameter("connection"));
  return {.payload = {node_of(desk.site, changed(desk, connection, asked))}};
}

template <Kind kind>
Reply update_connections(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  const Node* luids = root.child("connectionLUIDs");
  const Node* asked = root.child("connection");
  if (luids == nullptr || asked == nullptr || luids->children.empty())
    refuse(400000, "Payload is either malformed or incomplete: connectionLUIDs and connection are needed.");
  expect_only(*asked, {"authenticationType", "userName", "password", "embedPassword"}, {});
  const Item& content = asked_item(desk, call, kind, "Write");
  std::vector<const Item*> all;
  for (const auto& luid : luids->children)
    all.push_back(&changed(desk, connection_at(desk, content, std::string(base::trim(luid.text))), *asked));
  return {.payload = {list_of(desk.site, all)}};
}

}  // namespace

const Item* linked_datasource(const Site& site, const Node& connection) {
  const auto url = connection.attribute("datasourceUrl");
  return url && !url->empty() ? site.at_content_url(Kind::datasource, *url) : nullptr;
}

void put_connections(Desk& desk, const Item& content, const Node& connections) {
  std::vector<const Item*> known = desk.site.children(Kind::connection, content.id());
  std::vector<Item> next;
  for (const auto& asked : connections.children) {
    Item connection = connection_of(desk, content, asked);
    connection.set_number("_place", next.size());
    const auto same = std::find_if(known.begin(), known.end(),
                                   [&](const Item* one) { return identity_of(*one) == identity_of(connection); });
    if (same == known.end()) {
      next.push_back(std::move(connection));
      continue;
    }
    next.push_back(with_id(connection, **same));
    known.erase(same);
  }
  std::vector<std::string> gone;
  for (const Item* one : known) gone.push_back(one->id());
  for (const auto& id : gone) desk.site.erase(Kind::connection, id);
  for (auto& connection : next) desk.site.put(std::move(connection));
}

std::vector<Route> connection_routes() {
  return {
      {"GET", "sites/{site}/workbooks/{id}/connections", query_connections<Kind::workbook>},
      {"GET", "sites/{site}/datasources/{id}/connections", query_connections<Kind::datasource>},
      {"GET", "sites/{site}/flows/{id}/connections", query_connections<Kind::flow>, {.since = 303}},
      {"PUT", "sites/{site}/workbooks/{id}/connections/{connection}", update_connection<Kind::workbook>},
      {"PUT", "sites/{site}/datasources/{id}/connections/{connection}", update_connection<Kind::datasource>},
      {"PUT", "sites/{site}/flows/{id}/connections/{connection}", update_connection<Kind::flow>, {.since = 303}},
      {"PUT", "sites/{site}/workbooks/{id}/connections", update_connections<Kind::workbook>, {.since = 326}},
      {"PUT", "sites/{site}/datasources/{id}/connections", update_connections<Kind::datasource>, {.since = 326}},
  };
}

}  // namespace tabferry::sim
