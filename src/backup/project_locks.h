// Which permissions are not the item's own, so that nobody need ask for them.
// https://help.tableau.com/current/server/en-us/permissions_projects.htm (locked projects):
//   LockedToProject                content in it, and all projects below it with their content, have its permissions
//   LockedToProjectWithoutNested   content in it has; the projects below it are free
// What locked content has are the default permissions of the project that locks it. A site says which one that is of a
// project below it (controllingPermissionsProjectId); where it does not, the tree tells.
#pragma once

#include <string>
#include <unordered_map>

#include "doc/json.h"

namespace tabferry::backup {

class ProjectLocks {
 public:
  void learn(const doc::Json& project);  // of the list, in any order
  // Its permissions and defaults are those of a project above it. False for a project that is not known.
  bool is_controlled(const std::string& project_id) const;
  // Content in it has its default permissions, or those of the project that controls it.
  bool locks_content(const std::string& project_id) const;

 private:
  struct Project {
    std::string parent;
    std::string content_permissions;
    std::string controlled_by;
  };
  std::unordered_map<std::string, Project> projects_;
};

}  // namespace tabferry::backup
