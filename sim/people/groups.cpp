// Groups (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_users_and_groups.htm).
#include "sim/people/groups.h"

#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/routes.h"
#include "sim/people/grantees.h"
#include "sim/people/site_roles.h"

namespace tabferry::sim {
namespace {

// Everybody sees all groups, unless the site keeps its users apart; then only the own ones [INF].
bool sees(const Desk& desk, const Item& group) {
  return is_site_admin(*desk.user) || desk.site.self().get("userVisibilityMode") != "LIMITED" ||
         is_member(desk.site, group, *desk.user);
}

Reply query_groups(Desk& desk, const Call& call) {
  std::vector<Item> groups;
  for (const auto& [id, group] : desk.site.all(Kind::group))
    if (sees(desk, group)) groups.push_back(with_user_count(desk.site, group));
  return paged_groups(desk, call, groups);
}

std::string domain_of(const Item& group) { return group.has("domain") ? group.get("domain") : "local"; }

std::string checked_name(const Desk& desk, const Node& asked, const std::string& own_id, const std::string& domain) {
  const std::string name(base::trim(asked.attribute_or("name", "")));
  if (name.empty()) refuse(400003, "A group needs a name.");
  for (const auto& [id, group] : desk.site.all(Kind::group))
    if (id != own_id && domain_of(group) == domain && base::equal_ignoring_case(group.get("name"), name))
      refuse(409009, "A group with the name '{}' is on the site already.", name);
  return name;
}

void check_role(const std::string& role) {
  if (!is_site_role(role) || role == "ServerAdministrator")
    refuse(400013, "The minimum site role '{}' is not valid.", role);
}

// A group of a directory: there is none here.
void check_import(const Node& asked) {
  const Node* source = asked.child("import");
  if (source == nullptr) return;
  expect_only(*source, {"source", "domainName", "grantLicenseMode", "siteRole"}, {});
  refuse(403011, "Groups cannot be imported from '{}': this server does not use Active Directory.",
         source->attribute_or("domainName", ""));
}

void take_settings(Item& group, const Node& asked) {
  if (const auto role = asked.attribute("minimumSiteRole")) {
    if (!role->empty()) check_role(*role);
    if (role->empty())
      group.unset("minimumSiteRole");
    else
      group.set("minimumSiteRole", *role);
  }
  if (const auto external = asked.attribute("externalUserEnabled"))
    group.set_flag("externalUserEnabled", base::equal_ignoring_case(*external, "true"));
}

Reply answer_with(const Desk& desk, const Item& group, int status = 200) {
  return {.status = status, .payload = {group_node(desk, with_user_count(desk.site, group), Detail::full)}};
}

Reply create_group(Desk& desk, const Call& call) {
  const Node asked = call.request("group");
  expect_only(asked, {"name", "minimumSiteRole", "externalUserEnabled"}, {"import"});
  check_import(asked);
  Item group(Kind::group, make_luid());
  group.set("name", checked_name(desk, asked, group.id(), "local")).set("domain", "local");
  take_settings(group, asked);
  return answer_with(desk, desk.site.put(std::move(group)), 201);
}

Reply update_group(Desk& desk, const Call& call) {
  const Node asked = call.request("group");
  expect_only(asked, {"name", "minimumSiteRole", "externalUserEnabled"}, {"import"});
  Item group = desk.site.at(Kind::group, call.parameter("id"));
  check_import(asked);
  if (asked.attribute_or("name", group.get("name")) != group.get("name")) {
    require_own_group(group, "renamed");
    group.set("name", checked_name(desk, asked, group.id(), domain_of(group)));
  }
  take_settings(group, asked);
  return answer_with(desk, desk.site.put(std::move(group)));
}

Reply delete_group(Desk& desk, const Call& call) {
  const std::string id = desk.site.at(Kind::group, call.parameter("id")).id();
  require_own_group(desk.site.at(Kind::group, id), "deleted");
  std::vector<std::string> memberships, sets;
  for (const Item* one : desk.site.children(Kind::membership, id)) memberships.push_back(one->id());
  for (const auto& [key, one] : desk.site.all(Kind::group_set_member))
    if (one.get("group") == id) sets.push_back(key);
  for (const auto& key : memberships) desk.site.erase(Kind::membership, key);
  for (const auto& key : sets) desk.site.erase(Kind::group_set_member, key);
  forget_grantee(desk.site, "group", id);
  desk.site.erase(Kind::group, id);
  return {.status = 204};
}

}  // namespace

bool is_member(const Site& site, const Item& group, const Item& user) {
  return is_all_users(group) || site.find(Kind::membership, group.id() + "/" + user.id()) != nullptr;
}

std::vector<const Item*> members_of(const Site& site, const Item& group) {
  std::vector<const Item*> users;
  if (is_all_users(group)) {
    for (const auto& [id, user] : site.all(Kind::user)) users.push_back(&user);
    return users;
  }
  for (const Item* membership : site.children(Kind::membership, group.id()))
    if (const Item* user = site.find(Kind::user, membership->get("user"))) users.push_back(user);
  return users;
}

Item with_user_count(const Site& site, const Item& group) {
  Item copy = group;
  const size_t count = is_all_users(group) ? site.all(Kind::user).size() : members_of(site, group).size();
  return copy.set_number("userCount", count);
}

Node group_node(const Desk& desk, const Item& group, Detail detail) {
  Node node = rendered(desk.site, group, detail);
  node.children.insert(node.children.begin(), Node("domain").with("name", domain_of(group)));
  return node;
}

Reply paged_groups(const Desk& desk, const Call& call, const std::vector<Item>& groups) {
  std::vector<const Item*> items;
  for (const Item& group : groups) items.push_back(&group);
  return paged(desk, call, Kind::group, std::move(items),
               [&desk](const Item& group, Detail detail) { return group_node(desk, group, detail); });
}

void require_own_group(const Item& group, std::string_view what) {
  if (is_all_users(group)) refuse(403004, "The group '{}' cannot be {}.", group.get("name"), what);
}

std::vector<Route> group_routes() {
  constexpr Terms kAdmin = {.access = Access::site_admin};
  return {{"GET", "sites/{site}/groups", query_groups},
          {"POST", "sites/{site}/groups", create_group, kAdmin},
          {"PUT", "sites/{site}/groups/{id}", update_group, kAdmin},
          {"DELETE", "sites/{site}/groups/{id}", delete_group, kAdmin}};
}

}  // namespace tabferry::sim
