// Who may see and do what
// (https://help.tableau.com/current/server/en-us/permission_effective.htm: how permissions are evaluated;
// https://help.tableau.com/current/server/en-us/permissions_projects.htm: locked projects;
// https://help.tableau.com/current/server/en-us/users_site_roles.htm: what a site role allows at most).
#pragma once

#include <string>
#include <string_view>
#include <unordered_map>

#include "sim/core/site.h"

namespace tabferry::sim {

bool is_site_admin(const Item& user);
bool is_server_admin(const Item& user);
// Everyone is in it; it has no members of its own.
bool is_all_users(const Item& group);
// In somebody's personal space, which is no project. Views are where their workbook is.
bool is_personal(const Site& site, const Item& item);

// Rules are items of Kind::permissions. Their ids: of an item "workbook/<id>"; of what new content of a project is
// given "project/<id>/workbooks" (the list as URLs write it).
std::string rules_key(const Item& item);
std::string defaults_key(const std::string& project_id, std::string_view list);

// The project whose permissions hold for the contents of this one; null: contents have their own. It is the outermost
// one above (or the project itself) that is LockedToProject, or the project itself where it is locked for itself.
const Item* controlling_project(const Site& site, std::string_view project_id);
// The same for the project itself: only one above it that is LockedToProject.
const Item* controlling_parent(const Site& site, const Item& project);
// The key of the rules that decide about the item: its own, its workbook's, or a locked project's defaults.
std::string ruling_key(const Site& site, const Item& item);

// What one user may. It remembers what it found out of groups and projects: good for a list of 100,000 items, and only
// as long as the site is not changed.
class Rights {
 public:
  Rights(const Site& site, const Item& user) : site_(site), user_(user) {}

  // `capability` is one of the REST API's: "Read", "ExportXml", "Write", "Delete" ...
  bool may(const Item& item, std::string_view capability);
  // May the user see that it is there? What is no content (users, schedules, jobs) follows rules of its own.
  bool sees(const Item& item) { return may(item, "Read"); }
  // Owner or project leader of the project, or of one above it; or an administrator.
  bool leads(const std::string& project_id);

 private:
  bool is_owner(const Item& item) const;
  bool may_as_user(const Item& item, std::string_view capability);
  bool may_by_rules(const Item& item, std::string_view capability);
  bool rules_allow(const std::string& key, std::string_view capability);
  bool is_meant(const Node& grantee);
  bool is_in_group(const std::string& group);
  const std::string& locked_by(const std::string& project_id);
  std::string deciding_key(const Item& item);

  const Site& site_;
  const Item& user_;
  std::unordered_map<std::string, bool> groups_, led_;
  std::unordered_map<std::string, std::string> locked_;  // by project: the controlling one, or ""
};

// For one question.
bool may(const Site& site, const Item& user, const Item& item, std::string_view capability);
bool is_visible(const Site& site, const Item& user, const Item& item);
// Refuses with `code` who may not.
void require(const Site& site, const Item& user, const Item& item, std::string_view capability, int code);

}  // namespace tabferry::sim
