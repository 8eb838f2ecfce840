// Signing in and out (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm).
#include "sim/core/access.h"
#include "sim/core/routes.h"
#include "sim/people/credentials.h"

namespace tabferry::sim {
namespace {

Reply sign_in(Desk& desk, const Call& call) {
  const Node asked = call.request("credentials");
  expect_only(asked, {"name", "password", "personalAccessTokenName", "personalAccessTokenSecret", "jwt", "isUat"},
              {"site", "user"});
  const Session session = session_for(desk, asked);
  Node credentials("credentials");
  credentials.with("token", desk.world.sessions.open(session));
  if (const std::string left = time_to_expiration(desk, session); !left.empty())
    credentials.with("estimatedTimeToExpiration", left);
  const Item& site = desk.site.self();
  credentials.add(Node("site").with("id", site.id()).with("contentUrl", site.get("contentUrl")));
  credentials.add(Node("user").with("id", session.user_id));
  return {.payload = {credentials}};
}

Reply sign_out(Desk& desk, const Call& call) {
  desk.world.sessions.close(call.token);
  return {.status = 204};
}

// There is one site to switch to, and everybody is on it.
Reply switch_site(Desk& desk, const Call& call) {
  const Node asked = call.request("site");
  expect_only(asked, {"contentUrl"}, {});
  if (asked.attribute_or("contentUrl", "") == desk.site.self().get("contentUrl"))
    refuse(403070, "You are signed in to this site already.");
  refuse(401003, "The site '{}' cannot be switched to.", asked.attribute_or("contentUrl", ""));
}

Reply revoke_server_admin_tokens(Desk& desk, const Call&) {
  std::vector<std::string> names;
  for (const auto& [name, token] : desk.site.all(Kind::access_token))
    if (is_server_admin(desk.site.at(Kind::user, token.get("user")))) names.push_back(name);
  for (const auto& name : names) {
    desk.site.erase(Kind::access_token, name);
    desk.world.sessions.close_all_by(name);
  }
  return {.status = 204};
}

}  // namespace

std::vector<Route> auth_routes() {
  return {{"POST", "auth/signin", sign_in, {.access = Access::anyone}},
          {"POST", "auth/signout", sign_out},
          {"POST", "auth/switchSite", switch_site, {.since = 206}},
          {"POST",
           "auth/revokeAllServerAdminTokens",
           revoke_server_admin_tokens,
           {.access = Access::server_admin, .since = 310, .only = Only::server}}};
}

}  // namespace tabferry::sim
