#include "sim/core/access.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sim/core/kinds.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

constexpr int kDeepest = 100;  // projects in projects; a real site allows ten

constexpr std::array<std::string_view, 4> kAdmins = {"SiteAdministratorCreator", "SiteAdministratorExplorer",
                                                     "SiteAdministrator", "ServerAdministrator"};

bool is_one_of(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

// What a site role allows at most [INF in its details: the table of the help speaks of tasks, not of capabilities].
bool role_allows(std::string_view role, std::string_view capability) {
  if (role == "Unlicensed" || role.empty()) return false;
  if (is_one_of({"Viewer", "ReadOnly", "Guest", "ViewerWithPublish", "SupportUser"}, role))
    return is_one_of(
        {"Read", "Connect", "Filter", "ViewComments", "AddComment", "ExportImage", "ExportData", "ShareView"},
        capability);
  if (is_one_of({"Explorer", "Interactor"}, role))
    return !is_one_of({"Write", "Overwrite", "SaveAs", "Execute", "WebAuthoringForFlows", "ExtractRefresh",
                       "ChangeHierarchy", "PulseMetricDefine"},
                      capability);
  return true;
}

// Not even administrators look into a personal space.
bool opens_content(std::string_view capability) {
  return is_one_of({"ExportXml", "ExportData", "ExportImage", "ViewUnderlyingData", "Write", "WebAuthoring", "Connect"},
                   capability);
}

const Item* parent_of(const Site& site, const Item& project) {
  const std::string& id = project.get("parentProjectId");
  return id.empty() ? nullptr : site.find(Kind::project, id);
}

const Item* workbook_of(const Site& site, const Item& view) { return site.find(Kind::workbook, view.get("workbook")); }

// The item itself, or what it is a part of: a view's workbook, a column's table.
const Item& holder_of(const Site& site, const Item& item) {
  const Item* holder = item.kind() == Kind::view     ? workbook_of(site, item)
                       : item.kind() == Kind::column ? site.find(Kind::table, item.get("table"))
                                                     : nullptr;
  return holder != nullptr ? *holder : item;
}

bool has_rules(Kind kind) {
  switch (kind) {
    case Kind::project:
    case Kind::workbook:
    case Kind::view:
    case Kind::datasource:
    case Kind::flow:
    case Kind::virtual_connection:
    case Kind::collection:
    case Kind::database:
    case Kind::table:
    case Kind::column:
      return true;
    default:
      return false;
  }
}

// A view's rules where it has some and its workbook does not show its sheets as tabs; the workbook's otherwise.
std::string own_key(const Site& site, const Item& item) {
  if (item.kind() == Kind::column) return rules_key(holder_of(site, item));
  if (item.kind() != Kind::view) return rules_key(item);
  const Item& workbook = holder_of(site, item);
  std::string key = rules_key(item);
  return workbook.flag("showTabs") || site.find(Kind::permissions, key) == nullptr ? rules_key(workbook) : key;
}

std::string key_below(const Site& site, const Item& item, std::string_view locked_by) {
  if (locked_by.empty()) return own_key(site, item);
  if (item.kind() == Kind::project) return fmt::format("project/{}", locked_by);
  return defaults_key(std::string(locked_by), base::lower(rule_of(holder_of(site, item).kind()).list));
}

// Without copies: lists ask this very often.
std::string_view value_in(const Node& node, std::string_view attribute) {
  for (const auto& one : node.attributes)
    if (one.name == attribute) return one.value;
  return {};
}

// "Allow", "Deny" or "".
std::string_view mode_in(const Node& rule, std::string_view capability) {
  if (rule.children.size() != 2) return {};
  for (const auto& one : rule.children[1].children)
    if (value_in(one, "name") == capability) return value_in(one, "mode");
  return {};
}

}  // namespace

bool is_site_admin(const Item& user) {
  return std::find(kAdmins.begin(), kAdmins.end(), user.get("siteRole")) != kAdmins.end();
}

bool is_server_admin(const Item& user) { return user.get("siteRole") == "ServerAdministrator"; }

bool is_all_users(const Item& group) { return group.get("name") == "All Users"; }

bool is_personal(const Site& site, const Item& item) {
  const Item& holder = holder_of(site, item);
  return holder.get("project").empty() && holder.part("location") != nullptr;
}

std::string rules_key(const Item& item) { return fmt::format("{}/{}", rule_of(item.kind()).name, item.id()); }

std::string defaults_key(const std::string& project_id, std::string_view list) {
  return fmt::format("project/{}/{}", project_id, list);
}

const Item* controlling_parent(const Site& site, const Item& project) {
  const Item* found = nullptr;
  const Item* above = parent_of(site, project);
  for (int depth = 0; above != nullptr && depth < kDeepest; ++depth, above = parent_of(site, *above))
    if (above->get("contentPermissions") == "LockedToProject") found = above;
  return found;
}

const Item* controlling_project(const Site& site, std::string_view project_id) {
  const Item* project = project_id.empty() ? nullptr : site.find(Kind::project, project_id);
  if (project == nullptr) return nullptr;
  if (const Item* above = controlling_parent(site, *project)) return above;
  return project->get("contentPermissions").starts_with("LockedToProject") ? project : nullptr;
}

std::string ruling_key(const Site& site, const Item& item) {
  const Item* locked = item.kind() == Kind::project ? controlling_parent(site, item)
                                                    : controlling_project(site, holder_of(site, item).get("project"));
  return key_below(site, item, locked != nullptr ? std::string_view(locked->id()) : std::string_view());
}

bool Rights::may(const Item& item, std::string_view capability) {
  if (is_site_admin(user_)) return is_owner(item) || !opens_content(capability) || !is_personal(site_, item);
  return role_allows(user_.get("siteRole"), capability) && may_as_user(item, capability);
}

bool Rights::is_owner(const Item& item) const {
  if (item.get("owner") == user_.id()) return true;
  return item.kind() == Kind::view && holder_of(site_, item).get("owner") == user_.id();
}

bool Rights::may_as_user(const Item& item, std::string_view capability) {
  if (item.kind() == Kind::custom_view && item.flag("shared") && capability == "Read" && !is_owner(item)) {
    const Item* view = site_.find(Kind::view, item.get("view"));
    return view != nullptr && may(*view, "Read");
  }
  if (item.kind() == Kind::collection && capability == "Read" && base::lower(item.get("visibility")) == "public")
    return true;
  if (!has_rules(item.kind())) return is_owner(item) || item.get("user") == user_.id() || &item == &user_;
  const std::string& project = item.kind() == Kind::project ? item.id() : holder_of(site_, item).get("project");
  if (!project.empty() && leads(project)) return true;
  // In a locked project the owner does not set permissions.
  if (is_owner(item)) return capability != "ChangePermissions" || project.empty() || locked_by(project).empty();
  return !is_personal(site_, item) && may_by_rules(item, capability);
}

bool Rights::leads(const std::string& project_id) {
  if (is_site_admin(user_)) return true;
  if (const auto known = led_.find(project_id); known != led_.end()) return known->second;
  const Item* project = site_.find(Kind::project, project_id);
  if (project == nullptr) return false;
  led_[project_id] = false;  // should projects ever be in each other
  const bool does = role_allows(user_.get("siteRole"), "ProjectLeader") &&
                    (is_owner(*project) || rules_allow(ruling_key(site_, *project), "ProjectLeader") ||
                     (parent_of(site_, *project) != nullptr && leads(project->get("parentProjectId"))));
  return led_[project_id] = does;
}

bool Rights::may_by_rules(const Item& item, std::string_view capability) {
  return rules_allow(deciding_key(item), capability);
}

// As ruling_key(), with the way up to the locked project gone only once for each project.
std::string Rights::deciding_key(const Item& item) {
  if (item.kind() == Kind::project) return ruling_key(site_, item);
  const std::string& project = holder_of(site_, item).get("project");
  return key_below(site_, item, project.empty() ? std::string_view() : std::string_view(locked_by(project)));
}

const std::string& Rights::locked_by(const std::string& project_id) {
  const auto known = locked_.find(project_id);
  if (known != locked_.end()) return known->second;
  const Item* locked = controlling_project(site_, project_id);
  return locked_.emplace(project_id, locked != nullptr ? locked->id() : "").first->second;
}

// The user's own rule before those of groups; among groups a Deny before any Allow; without a rule: no.
bool Rights::rules_allow(const std::string& key, std::string_view capability) {
  const Item* rules = site_.find(Kind::permissions, key);
  if (rules == nullptr) return false;
  bool is_allowed = false, is_denied = false, is_allowed_to_user = false;
  for (const auto& rule : rules->parts()) {
    const auto mode = mode_in(rule, capability);
    if (mode.empty() || !is_meant(rule.children[0])) continue;
    const bool is_user = rule.children[0].name == "user";
    if (is_user && mode == "Deny") return false;
    if (is_user)
      is_allowed_to_user = true;
    else
      (mode == "Allow" ? is_allowed : is_denied) = true;
  }
  return is_allowed_to_user || (is_allowed && !is_denied);
}

bool Rights::is_meant(const Node& grantee) {
  const std::string id(value_in(grantee, "id"));
  if (grantee.name == "user") return id == user_.id();
  if (grantee.name == "group") return is_in_group(id);
  const auto groups = site_.children(Kind::group_set_member, id);
  return std::any_of(groups.begin(), groups.end(), [&](const Item* one) { return is_in_group(one->get("group")); });
}

bool Rights::is_in_group(const std::string& id) {
  if (const auto known = groups_.find(id); known != groups_.end()) return known->second;
  const Item* group = site_.find(Kind::group, id);
  const bool is_member =
      group != nullptr && (is_all_users(*group) || site_.find(Kind::membership, id + "/" + user_.id()) != nullptr);
  return groups_[id] = is_member;
}

bool may(const Site& site, const Item& user, const Item& item, std::string_view capability) {
  return Rights(site, user).may(item, capability);
}

bool is_visible(const Site& site, const Item& user, const Item& item) { return Rights(site, user).sees(item); }

void require(const Site& site, const Item& user, const Item& item, std::string_view capability, int code) {
  if (!may(site, user, item, capability))
    refuse(code, "User '{}' does not have the capability '{}' on '{}'.", user.get("name"), capability,
           item.id());
}

}  // namespace tabferry::sim
