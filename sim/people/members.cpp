// Who is in which group.
#include "sim/core/routes.h"
#include "sim/people/groups.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

NodeOf node_by(const Desk& desk) {
  return [&desk](const Item& user, Detail detail) { return user_node(desk, user, detail); };
}

const Item& group_of(const Desk& desk, const Call& call) { return desk.site.at(Kind::group, call.parameter("id")); }

std::string key_of(const Item& group, const Item& user) { return group.id() + "/" + user.id(); }

Reply query_members(Desk& desk, const Call& call) {
  return paged(desk, call, Kind::user, members_of(desk.site, group_of(desk, call)), node_by(desk));
}

const Item& add_member(Desk& desk, const Item& group, const std::string& user_id) {
  const Item& user = desk.site.at(Kind::user, user_id);
  if (is_member(desk.site, group, user))
    refuse(409011, "User '{}' is in the group '{}' already.", user.get("name"), group.get("name"));
  desk.site.put(Item(Kind::membership, key_of(group, user)).set("group", group.id()).set("user", user.id()));
  return user;
}

void remove_member(Desk& desk, const Item& group, const std::string& user_id) {
  const Item& user = desk.site.at(Kind::user, user_id);
  if (!is_member(desk.site, group, user))
    refuse(404002, "User '{}' is not in the group '{}'.", user.get("name"), group.get("name"));
  desk.site.erase(Kind::membership, key_of(group, user));
}

std::string id_of(const Node& user) {
  expect_only(user, {"id"}, {});
  return user.attribute_or("id", "");
}

// As real servers page this list, and the schema wants it.
Reply add_members(Desk& desk, const Item& group, const Node& users) {
  expect_only(users, {}, {"user"});
  std::vector<const Item*> added;
  for (const auto& user : users.children) added.push_back(&add_member(desk, group, id_of(user)));
  return paged(desk, Call{}, Kind::user, std::move(added), node_by(desk));
}

Reply create_members(Desk& desk, const Call& call) {
  const Item& group = group_of(desk, call);
  require_own_group(group, "given members");
  const Node root = parse_request_root(call.document, call.request_language());
  if (const Node* users = root.child("users"); users != nullptr && call.version >= 321)
    return add_members(desk, group, *users);
  return {.payload = {user_node(desk, add_member(desk, group, id_of(call.request("user"))), Detail::single)}};
}

Reply delete_member(Desk& desk, const Call& call) {
  const Item& group = group_of(desk, call);
  require_own_group(group, "taken members from");
  remove_member(desk, group, call.parameter("user"));
  return {.status = 204};
}

Reply delete_members(Desk& desk, const Call& call) {
  const Item& group = group_of(desk, call);
  require_own_group(group, "taken members from");
  const Node users = call.request("users");
  expect_only(users, {}, {"user"});
  for (const auto& user : users.children) remove_member(desk, group, id_of(user));
  return {.status = 204};
}

}  // namespace

std::vector<Route> member_routes() {
  constexpr Terms kAdmin = {.access = Access::site_admin};
  constexpr Terms kBulk = {.access = Access::site_admin, .since = 321};
  return {{"GET", "sites/{site}/groups/{id}/users", query_members, kAdmin},
          {"POST", "sites/{site}/groups/{id}/users", create_members, kAdmin},
          {"PUT", "sites/{site}/groups/{id}/users/remove", delete_members, kBulk},
          {"POST", "sites/{site}/groups/{id}/users/remove", delete_members, kBulk},
          {"DELETE", "sites/{site}/groups/{id}/users/{user}", delete_member, kAdmin}};
}

}  // namespace tabferry::sim
