// Users (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_users_and_groups.htm).
#include "sim/people/users.h"

#include "base/hash.h"
#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/routes.h"
#include "sim/people/groups.h"
#include "sim/people/site_roles.h"

namespace tabferry::sim {
namespace {

NodeOf node_by(const Desk& desk) {
  return [&desk](const Item& user, Detail detail) { return user_node(desk, user, detail); };
}

Reply answer_with(const Desk& desk, const Item& user, int status = 200) {
  return {.status = status, .payload = {user_node(desk, user, Detail::single)}};
}

Reply query_users(Desk& desk, const Call& call) {
  std::vector<const Item*> users;
  for (const auto& [id, user] : desk.site.all(Kind::user)) users.push_back(&user);
  return paged(desk, call, Kind::user, std::move(users), node_by(desk));
}

Reply query_user(Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("id"));
  require_self_or_admin(desk, user);
  return answer_with(desk, user);
}

Reply query_groups_of_user(Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("id"));
  require_self_or_admin(desk, user);
  std::vector<Item> groups;
  for (const auto& [id, group] : desk.site.all(Kind::group))
    if (is_member(desk.site, group, user)) groups.push_back(with_user_count(desk.site, group));
  return paged_groups(desk, call, groups);
}

Reply create_user(Desk& desk, const Call& call) { return answer_with(desk, add_user(desk, call.request("user")), 201); }

Reply change_user(Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("id"));
  return answer_with(desk, update_user(desk, user, call.request("user")));
}

Reply delete_user(Desk& desk, const Call& call) {
  remove_user(desk, desk.site.at(Kind::user, call.parameter("id")), call.query_value("mapAssetsTo").value_or(""));
  return {.status = 204};
}

}  // namespace

UserOrder parse_user(const std::string& text) {
  const auto at = text.find_last_of('=');
  UserOrder order{text.substr(0, at), at == std::string::npos ? "" : text.substr(at + 1)};
  if (order.name.empty() || !is_site_role(order.site_role))
    base::fail(base::ErrorKind::usage, "{} is no user; it is NAME=SITEROLE, as in anna=Viewer", base::quoted(text));
  return order;
}

void ensure_user(Site& site, const UserOrder& order) {
  const Item* known = user_named(site, order.name);
  Item user = known != nullptr ? *known : Item(Kind::user, make_luid());
  if (known == nullptr) {
    user.set("name", order.name).set("fullName", order.name).set("authSetting", "ServerDefault").set("domain", "local");
    user.set("externalAuthUserId", "").set("locale", "local").set("language", "en");
    user.set("_passwordSha256", base::sha256_hex(order.name));
  }
  site.put(user.set("siteRole", order.site_role));
}

const Item* user_named(const Site& site, std::string_view name) {
  for (const auto& [id, user] : site.all(Kind::user))
    if (base::equal_ignoring_case(user.get("name"), name)) return &user;
  return nullptr;
}

Node user_node(const Desk& desk, const Item& user, Detail detail) {
  Node node = rendered(desk.site, user, detail);
  return node.add(Node("domain").with("name", user.has("domain") ? user.get("domain") : "local"));
}

std::vector<Route> user_routes() {
  constexpr Terms kAdmin = {.access = Access::site_admin};
  return {{"GET", "sites/{site}/users", query_users, kAdmin},
          {"POST", "sites/{site}/users", create_user, kAdmin},
          {"GET", "sites/{site}/users/{id}", query_user},
          {"PUT", "sites/{site}/users/{id}", change_user, kAdmin},
          {"DELETE", "sites/{site}/users/{id}", delete_user, kAdmin},
          {"GET", "sites/{site}/users/{id}/groups", query_groups_of_user, {.since = 307}}};
}

}  // namespace tabferry::sim
