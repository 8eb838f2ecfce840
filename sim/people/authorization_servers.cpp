// External authorization servers: they are kept, but nobody signs in by their tokens here
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_connected_app.htm).
#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Reply query_servers(Desk& desk, const Call&) {
  Node list("externalAuthorizationServerList");
  for (const auto& [id, server] : desk.site.all(Kind::authorization_server))
    list.add(rendered(desk.site, server, Detail::single));
  return {.payload = {list.as_list()}};
}

const Item& server_of(const Desk& desk, const Call& call) {
  return desk.site.at(Kind::authorization_server, call.parameter("id"));
}

Reply query_server(Desk& desk, const Call& call) { return single(desk, server_of(desk, call)); }

void take(Item& server, const Node& asked) {
  expect_only(asked, {"name", "enabled", "issuerUrl", "jwksUri"}, {});
  for (const char* field : {"name", "issuerUrl", "jwksUri"})
    if (const auto value = asked.attribute(field)) server.set(field, *value);
  if (const auto value = asked.attribute("enabled"))
    server.set_flag("enabled", base::equal_ignoring_case(*value, "true"));
  if (server.get("issuerUrl").empty()) refuse(400003, "An authorization server needs an issuerUrl.");
}

Reply create_server(Desk& desk, const Call& call) {
  Item server(Kind::authorization_server, make_luid());
  server.set("name", "").set("enabled", "true").set("createdAt", desk.now);
  take(server, call.request("externalAuthorizationServer"));
  return single(desk, desk.site.put(std::move(server)), 201);
}

Reply update_server(Desk& desk, const Call& call) {
  Item server = server_of(desk, call);
  take(server, call.request("externalAuthorizationServer"));
  return single(desk, desk.site.put(std::move(server)));
}

Reply delete_server(Desk& desk, const Call& call) {
  desk.site.erase(Kind::authorization_server, std::string(server_of(desk, call).id()));
  return {.status = 204};
}

}  // namespace

std::vector<Route> authorization_server_routes() {
  constexpr Terms kTerms = {.access = Access::site_admin, .since = 316};
  constexpr std::string_view kAll = "sites/{site}/connected-apps/external-authorization-servers";
  constexpr std::string_view kOne = "sites/{site}/connected-apps/external-authorization-servers/{id}";
  return {{"GET", kAll, query_servers, kTerms},
          {"POST", kAll, create_server, kTerms},
          {"GET", kOne, query_server, kTerms},
          {"PUT", kOne, update_server, kTerms},
          {"DELETE", kOne, delete_server, kTerms}};
}

}  // namespace tabferry::sim
