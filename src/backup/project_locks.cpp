#include "backup/project_locks.h"

#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

constexpr int kDeepest = 50;  // a project that is its own ancestor ends somewhere

}  // namespace

void ProjectLocks::learn(const doc::Json& project) {
  using tableau::text_at;
  projects_.insert_or_assign(text_at(project, "id"),
                             Project{.parent = text_at(project, "parentProjectId"),
                                     .content_permissions = text_at(project, "contentPermissions"),
                                     .controlled_by = text_at(project, "controllingPermissionsProjectId")});
}

bool ProjectLocks::is_controlled(const std::string& project_id) const {
  auto at = projects_.find(project_id);
  if (at == projects_.end()) return false;
  if (!at->second.controlled_by.empty() && at->second.controlled_by != project_id) return true;
  for (int depth = 0; depth < kDeepest; ++depth) {
    at = projects_.find(at->second.parent);
    if (at == projects_.end()) return false;
    if (at->second.content_permissions == "LockedToProject") return true;
  }
  return false;
}

bool ProjectLocks::locks_content(const std::string& project_id) const {
  const auto at = projects_.find(project_id);
  if (at == projects_.end()) return false;
  return at->second.content_permissions.starts_with("LockedToProject") || is_controlled(project_id);
}

}  // namespace tabferry::backup
