// Permissions and default permissions
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_permissions.htm).
#include <deque>

#include "base/text.h"
#include "sim/content/capabilities.h"
#include "sim/content/grants.h"
#include "sim/core/access.h"
#include "sim/core/kinds.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// What a request is about: an item's rules, or what a project (or database) gives to new content.
struct Target {
  const Item& item;
  const RuledList& rules;  // whose capabilities they are of
  bool is_default = false;
  std::string own;     // the key of the rules that the item has itself
  std::string ruling;  // of those that decide
};

Target target_of(const Desk& desk, const Call& call) {
  const auto words = base::split(call.route, '/');  // sites {site} workbooks {id} permissions ...
  const Item& item = desk.site.at(ruled_list(words[2])->kind, call.parameter("id"));
  const bool is_default = words[4] == "default-permissions";
  if (!is_default) return {item, *ruled_list(words[2]), false, rules_key(item), ruling_key(desk.site, item)};
  const RuledList& rules = *ruled_list(words[5]);
  const Item* locked = item.kind() == Kind::project ? controlling_parent(desk.site, item) : nullptr;
  const std::string own = fmt::format("{}/{}", rules_key(item), rules.list);
  return {item, rules, true, own, locked != nullptr ? defaults_key(locked->id(), rules.list) : own};
}

// The project whose rules hold instead of the item's own; null where there is none.
const Item* locking_project(const Site& site, const Item& item) {
  if (item.kind() == Kind::project) return controlling_parent(site, item);
  const Item* workbook = item.kind() == Kind::view ? site.find(Kind::workbook, item.get("workbook")) : nullptr;
  return controlling_project(site, (workbook != nullptr ? *workbook : item).get("project"));
}

bool may_set(const Desk& desk, const Target& target) {
  Rights rights(desk.site, *desk.user);
  if (target.item.kind() == Kind::project) return rights.leads(target.item.id());
  return rights.may(target.item, "ChangePermissions");
}

void check_may_set(const Desk& desk, const Target& target) {
  if (const Item* project = locking_project(desk.site, target.item);
      project != nullptr && !is_site_admin(*desk.user) && !Rights(desk.site, *desk.user).leads(project->id()))
    refuse(403004, "Permissions of '{}' are set by its project '{}'.", target.item.get("name"), project->get("name"));
  if (!may_set(desk, target))
    refuse(403004, "User '{}' may not set permissions of '{}'.", desk.user->get("name"), target.item.get("name"));
  if (const Item* project = locking_project(desk.site, target.item))
    refuse(403039, "Permissions of '{}' are locked by the project '{}'.", target.item.get("name"),
           project->get("name"));
  if (target.item.kind() == Kind::view && target.ruling != target.own &&
      desk.site.at(Kind::workbook, target.item.get("workbook")).flag("showTabs"))
    refuse(403004, "The view '{}' has its workbook's permissions, which shows its sheets as tabs.",
           target.item.get("name"));
}

// --- answers ---

bool is_there(const Site& site, const Node& grantee) {
  const Kind kind = grantee.name == "user" ? Kind::user : grantee.name == "group" ? Kind::group : Kind::group_set;
  return site.find(kind, grantee.attribute_or("id", "")) != nullptr;
}

// Who leads a project above leads this one too: shown, but never to be set. The newest schema has lost it.
void add_inherited_leaders(const Site& site, const Item& project, std::vector<Node>& rules) {
  const Item* above = site.find(Kind::project, project.get("parentProjectId"));
  if (above == nullptr) return;
  const Item* known = site.find(Kind::permissions, ruling_key(site, *above));
  if (known == nullptr) return;
  for (const auto& rule : known->parts())
    for (const auto& capability : rule.children[1].children) {
      if (capability.attribute("name") != "ProjectLeader") continue;
      Node inherited = rule;
      inherited.children[1].children = {
          Node("capability").with("name", "InheritedProjectLeader").with("mode", "Allow")};
      rules.push_back(std::move(inherited));
    }
}

Node item_node(const Desk& desk, const Item& item) {
  Node node(rule_of(item.kind()).element);
  node.with("id", item.id()).with("name", item.get("name"));
  if (!item.get("owner").empty())
    node.add(Node("owner").with("id", item.get("owner")));
  else if (item.kind() == Kind::view)
    node.add(Node("owner").with("id", desk.site.at(Kind::workbook, item.get("workbook")).get("owner")));
  return node;
}

std::vector<Node> shown_rules(const Desk& desk, const Call& call, const Target& target) {
  const Item* item = desk.site.find(Kind::permissions, target.ruling);
  std::vector<Node> rules = item != nullptr ? item->parts() : std::vector<Node>();
  constexpr int kWithoutInherited = 329;
  if (!target.is_default && target.item.kind() == Kind::project && call.version < kWithoutInherited)
    add_inherited_leaders(desk.site, target.item, rules);
  std::erase_if(rules, [&](const Node& rule) { return !is_there(desk.site, rule.children[0]); });
  return rules;
}

Reply permissions_of(const Desk& desk, const Call& call, const Target& target) {
  Node permissions("permissions");
  if (const Item* project = locking_project(desk.site, target.item))
    permissions.add(Node("parent").with("type", "Project").with("id", project->id()));
  // The schema wants more of a database or a table than there is to say here.
  const bool is_asset = target.item.kind() == Kind::database || target.item.kind() == Kind::table;
  if (!is_asset) permissions.add(item_node(desk, target.item));
  for (auto& rule : shown_rules(desk, call, target)) permissions.add(std::move(rule.as_repeated()));
  return {.payload = {std::move(permissions)}};
}

// --- requests ---

constexpr int kSinceGroupSets = 322;

std::string grantee_id(const Desk& desk, const Call& call, std::string_view element, std::string_view id) {
  if (element == "user") return desk.site.at(Kind::user, id).id();
  if (element == "group") return desk.site.at(Kind::group, id).id();
  if (element == "groupSet" && call.version >= kSinceGroupSets) return desk.site.at(Kind::group_set, id).id();
  refuse(400000, "unexpected element (uri:\"\", local:\"{}\"). Expected elements are <{{}}user>,<{{}}group>", element);
}

void check_capability(const Call& call, const Target& target, const std::string& name, const std::string& mode) {
  if (!is_capability(target.rules, name, mode, call.version))
    refuse(400009, "The capability '{} {}' is invalid for a {}.", name, mode, target.rules.singular);
}

std::vector<Grant> grants_of(const Desk& desk, const Call& call, const Target& target, const Node& rule) {
  expect_only(rule, {}, {"user", "group", "groupSet", "capabilities"});
  const Node* capabilities = rule.child("capabilities");
  if (rule.children.size() != 2 || capabilities == nullptr || rule.children[0].name == "capabilities")
    refuse(400000, "Payload is either malformed or incomplete: a grantee and its capabilities are expected.");
  const Node& grantee = rule.children[0];
  const std::string id = grantee_id(desk, call, grantee.name, grantee.attribute_or("id", ""));
  std::vector<Grant> grants;
  for (const auto& one : capabilities->children) {
    expect_only(one, {"name", "mode"}, {});
    grants.push_back({grantee.name, id, one.attribute_or("name", ""), one.attribute_or("mode", "")});
    check_capability(call, target, grants.back().capability, grants.back().mode);
  }
  return grants;
}

// The item may be named in the request, as it is in the path.
void check_named(const Target& target, const Node& named) {
  if (named.name != rule_of(target.item.kind()).element)
    refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in 'permissions'.", named.name);
  if (!base::equal_ignoring_case(named.attribute_or("id", ""), target.item.id()))
    refuse(404009, "The id in the request is not that of the URL: '{}'.", named.attribute_or("id", ""));
}

// A view that has had its workbook's rules so far goes its own way from them on.
void begin_own(Site& site, const Target& target) {
  if (target.item.kind() == Kind::view && target.ruling != target.own) copy_rules(site, target.ruling, target.own);
}

Reply query_permissions(Desk& desk, const Call& call) {
  const Target target = target_of(desk, call);
  require(desk.site, *desk.user, target.item, "Read", 403035);
  return permissions_of(desk, call, target);
}

Reply add_permissions(Desk& desk, const Call& call) {
  const Target target = target_of(desk, call);
  const Node asked = call.request("permissions");
  check_may_set(desk, target);
  std::vector<Grant> grants;
  for (const auto& rule : asked.children) {
    if (rule.name != "granteeCapabilities") {
      check_named(target, rule);
      continue;
    }
    const auto more = grants_of(desk, call, target, rule);
    grants.insert(grants.end(), more.begin(), more.end());
  }
  begin_own(desk.site, target);
  for (const auto& grant : grants) add_grant(desk.site, target.own, grant);
  return permissions_of(desk, call, target_of(desk, call));
}

Reply delete_permission(Desk& desk, const Call& call) {
  const Target target = target_of(desk, call);
  check_may_set(desk, target);
  const std::string type = base::lower(call.parameter("grantees"));
  const std::string element = type == "users"       ? "user"
                              : type == "groups"    ? "group"
                              : type == "groupsets" ? "groupSet"
                                                    : "";
  if (element.empty()) refuse(404003, "There is no resource '{}' below permissions.", call.parameter("grantees"));
  const std::string& name = call.parameter("capability");
  const std::string& mode = call.parameter("mode");
  const Grant grant{element, grantee_id(desk, call, element, call.parameter("grantee")), name, mode};
  begin_own(desk.site, target);
  const Taken taken = take_grant(desk.site, target.own, grant);
  if (taken == Taken::not_there) refuse(404013, "The capability '{}' is not set for '{}'.", name, grant.id);
  if (taken == Taken::other_mode)
    refuse(404014, "The capability '{}' is not set to '{}' for '{}'.", name, mode, grant.id);
  return {.status = 204};
}

void add_routes(std::vector<Route>& routes, const std::string& path, Terms terms) {
  static std::deque<std::string> patterns;  // rows hold views
  const std::string_view all = patterns.emplace_back(path);
  const std::string_view one = patterns.emplace_back(path + "/{grantees}/{grantee}/{capability}/{mode}");
  routes.push_back({"GET", all, query_permissions, terms});
  routes.push_back({"PUT", all, add_permissions, terms});
  routes.push_back({"POST", all, add_permissions, terms});
  routes.push_back({"DELETE", one, delete_permission, terms});
}

std::string_view licence_of(std::string_view list) {
  if (list == "flows" || list == "collections") return list;
  const bool is_managed = list == "virtualconnections" || list == "databases" || list == "tables";
  return is_managed ? "data-management" : "";
}

}  // namespace

std::vector<Route> permission_routes() {
  std::vector<Route> routes;
  for (const auto& list : ruled_lists()) {
    const auto feature = licence_of(list.list);
    if (list.rules_since > 0)
      add_routes(routes, fmt::format("sites/{{site}}/{}/{{id}}/permissions", list.list),
                 {.since = list.rules_since, .feature = feature});
    if (list.defaults_since > 0)
      add_routes(routes, fmt::format("sites/{{site}}/projects/{{id}}/default-permissions/{}", list.list),
                 {.since = list.defaults_since, .until = list.defaults_until, .feature = feature});
  }
  add_routes(routes, "sites/{site}/databases/{id}/default-permissions/tables",
             {.since = 305, .feature = "data-management"});
  return routes;
}

}  // namespace tabferry::sim
