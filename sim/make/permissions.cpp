// Who may do what on a made site.
#include <fmt/format.h>

#include "base/error.h"
#include "sim/core/access.h"
#include "sim/core/kinds.h"
#include "sim/make/making.h"

namespace tabferry::sim::make {
namespace {

// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_permissions.htm)
std::vector<std::string_view> capabilities_of(Kind kind) {
  switch (kind) {
    case Kind::project:
      return {"Read", "Write", "ProjectLeader"};
    case Kind::workbook:
      return {"Read",       "Filter",    "ViewComments",       "AddComment",   "ExportImage",
              "ExportData", "ShareView", "ViewUnderlyingData", "WebAuthoring", "Write",
              "ExportXml",  "Delete",    "ChangeHierarchy"};
    case Kind::datasource:
      return {"Read", "Connect", "Write", "ExportXml", "Delete", "ChangePermissions"};
    case Kind::flow:
      return {"Read", "ExportXml", "Execute", "Write", "ChangeHierarchy", "Delete"};
    default:
      return {"Read", "Connect", "Write", "Delete"};
  }
}

Node grantee(std::string_view element, const std::string& id, Kind kind, Dice& dice, bool generous) {
  Node capabilities("capabilities");
  const auto all = capabilities_of(kind);
  const uint64_t count = 1 + dice.below(all.size());
  for (uint64_t at = 0; at < count; ++at) {
    const bool denied = !generous && at > 0 && dice.chance(15);
    capabilities.add(Node("capability").with("name", all[at]).with("mode", denied ? "Deny" : "Allow"));
  }
  Node node("granteeCapabilities");
  return node.add(Node(element).with("id", id)).add(capabilities.as_list());
}

std::string all_users(const Site& site) {
  for (const auto& [id, group] : site.all(Kind::group))
    if (group.get("name") == "All Users") return id;
  base::fail(base::ErrorKind::bug, "a made site has no group of all users");
}

void put_rules(Making& making, const std::string& target, Kind kind, Dice& dice) {
  Item item(Kind::permissions, target);
  const std::string group = dice.chance(75) ? all_users(making.site()) : making.any(Kind::group, dice);
  item.add_part(grantee("group", group, kind, dice, true));
  if (dice.chance(50)) {
    item.add_part(grantee("user", making.any(Kind::user, dice), kind, dice, false));
  } else if (const std::string& other = making.any(Kind::group, dice); other != group) {
    item.add_part(grantee("group", other, kind, dice, false));
  }
  if (dice.chance(5) && !making.ids(Kind::group_set).empty())
    item.add_part(grantee("groupSet", making.any(Kind::group_set, dice), kind, dice, true));
  making.put(std::move(item));
}

// What new content of a project is given, by the kind of content.
void put_defaults(Making& making, const std::string& project, Dice& dice) {
  for (const Kind kind : {Kind::workbook, Kind::datasource, Kind::flow})
    put_rules(making, fmt::format("project/{}/{}", project, rule_of(kind).list), kind, dice);
}

// In a locked project its own rules hold, and the content has none.
bool is_ruled_from_above(const Site& site, const Item& item) {
  const std::string& above = item.get(item.kind() == Kind::project ? "parentProjectId" : "project");
  return !above.empty() && controlling_project(site, above) != nullptr;
}

}  // namespace

// Whatever may have rules has some; locked projects and every second other one have defaults too.
void make_permissions(Making& making) {
  for (const Kind kind : {Kind::project, Kind::workbook, Kind::datasource, Kind::flow, Kind::virtual_connection}) {
    const auto& ids = making.ids(kind);
    for (size_t at = 0; at < ids.size(); ++at) {
      const Item& item = making.site().at(kind, ids[at]);
      if (is_ruled_from_above(making.site(), item)) continue;
      Dice dice(making.order().seed, fmt::format("permissions of {}", rule_of(kind).name), at);
      put_rules(making, fmt::format("{}/{}", rule_of(kind).name, ids[at]), kind, dice);
      const bool locked = item.get("contentPermissions") != "ManagedByOwner";
      if (kind == Kind::project && (at % 2 == 0 || locked)) put_defaults(making, ids[at], dice);
    }
  }
}

}  // namespace tabferry::sim::make
