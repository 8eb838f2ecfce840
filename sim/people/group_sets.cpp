// Group sets (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_users_and_groups.htm).
#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"
#include "sim/people/grantees.h"

namespace tabferry::sim {
namespace {

Item with_group_count(const Site& site, const Item& set) {
  Item copy = set;
  return copy.set_number("groupCount", site.children(Kind::group_set_member, set.id()).size());
}

Node node_of(const Site& site, const Item& set, bool with_groups) {
  Node node = rendered(site, with_group_count(site, set), Detail::single);
  if (!with_groups) return node;
  for (const Item* member : site.children(Kind::group_set_member, set.id()))
    node.add(reference(site, Kind::group, "group", member->get("group"), "id name").as_repeated());
  return node;
}

// ?resultlevel=members shows the groups, local does not; without it they are shown [INF].
bool wants_groups(const Call& call) {
  const std::string level = base::lower(call.query_value("resultlevel").value_or("members"));
  if (level != "members" && level != "local") refuse(400008, "Invalid value '{}' for parameter 'resultlevel'.", level);
  return level == "members";
}

Reply query_group_sets(Desk& desk, const Call& call) {
  const bool with_groups = wants_groups(call);
  std::vector<Item> sets;
  for (const auto& [id, set] : desk.site.all(Kind::group_set)) sets.push_back(with_group_count(desk.site, set));
  std::vector<const Item*> items;
  for (const Item& set : sets) items.push_back(&set);
  return paged(desk, call, Kind::group_set, std::move(items),
               [&](const Item& set, Detail) { return node_of(desk.site, set, with_groups); });
}

Reply query_group_set(Desk& desk, const Call& call) {
  return {.payload = {node_of(desk.site, desk.site.at(Kind::group_set, call.parameter("id")), wants_groups(call))}};
}

Reply keep(Desk& desk, const Call& call, Item set, int status) {
  const Node asked = call.request("groupSet");
  expect_only(asked, {"name"}, {});
  const std::string name(base::trim(asked.attribute_or("name", "")));
  if (name.empty()) refuse(400003, "A group set needs a name.");
  for (const auto& [id, other] : desk.site.all(Kind::group_set))
    if (id != set.id() && base::equal_ignoring_case(other.get("name"), name))
      refuse(409120, "A group set with the name '{}' is on the site already.", name);
  return {.status = status, .payload = {node_of(desk.site, desk.site.put(std::move(set.set("name", name))), true)}};
}

Reply create_group_set(Desk& desk, const Call& call) {
  return keep(desk, call, Item(Kind::group_set, make_luid()), 201);
}

Reply update_group_set(Desk& desk, const Call& call) {
  return keep(desk, call, desk.site.at(Kind::group_set, call.parameter("id")), 200);
}

Reply delete_group_set(Desk& desk, const Call& call) {
  const std::string id = desk.site.at(Kind::group_set, call.parameter("id")).id();
  std::vector<std::string> members;
  for (const Item* member : desk.site.children(Kind::group_set_member, id)) members.push_back(member->id());
  for (const auto& member : members) desk.site.erase(Kind::group_set_member, member);
  forget_grantee(desk.site, "groupSet", id);
  desk.site.erase(Kind::group_set, id);
  return {.status = 204};
}

std::string key_of(const Desk& desk, const Call& call) {
  return desk.site.at(Kind::group_set, call.parameter("id")).id() + "/" +
         desk.site.at(Kind::group, call.parameter("group")).id();
}

// A group that is in it already stays there.
Reply add_group(Desk& desk, const Call& call) {
  Item member(Kind::group_set_member, key_of(desk, call));
  const Item& set = desk.site.at(Kind::group_set, call.parameter("id"));
  member.set("groupSet", set.id()).set("group", desk.site.at(Kind::group, call.parameter("group")).id());
  desk.site.put(std::move(member));
  return {.payload = {node_of(desk.site, set, true)}};
}

Reply remove_group(Desk& desk, const Call& call) {
  const std::string key = key_of(desk, call);
  desk.site.at(Kind::group_set_member, key);
  desk.site.erase(Kind::group_set_member, key);
  return {.status = 204};
}

}  // namespace

std::vector<Route> group_set_routes() {
  constexpr Terms kReader = {.since = 322};
  constexpr Terms kAdmin = {.access = Access::site_admin, .since = 322};
  return {{"GET", "sites/{site}/groupsets", query_group_sets, kReader},
          {"POST", "sites/{site}/groupsets", create_group_set, kAdmin},
          {"GET", "sites/{site}/groupsets/{id}", query_group_set, kReader},
          {"PUT", "sites/{site}/groupsets/{id}", update_group_set, kAdmin},
          {"DELETE", "sites/{site}/groupsets/{id}", delete_group_set, kAdmin},
          {"PUT", "sites/{site}/groupsets/{id}/groups/{group}", add_group, kAdmin},
          {"DELETE", "sites/{site}/groupsets/{id}/groups/{group}", remove_group, kAdmin}};
}

}  // namespace tabferry::sim
