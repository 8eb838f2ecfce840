// Whose permissions an item has, so that nobody asks for them twice.
#include "backup/project_locks.h"

#include <gtest/gtest.h>

#include <string>

namespace tabferry::backup {
namespace {

void learn(ProjectLocks& locks, const std::string& id, const std::string& parent, const std::string& permissions,
           const std::string& controlled_by = {}) {
  doc::Json project = {{"id", id}, {"name", id}, {"contentPermissions", permissions}};
  if (!parent.empty()) project["parentProjectId"] = parent;
  if (!controlled_by.empty()) project["controllingPermissionsProjectId"] = controlled_by;
  locks.learn(project);
}

TEST(ProjectLocks, ALockedProjectControlsAllBelowIt) {
  ProjectLocks locks;
  learn(locks, "leaf", "middle", "ManagedByOwner");
  learn(locks, "middle", "top", "ManagedByOwner");
  learn(locks, "top", "", "LockedToProject");
  EXPECT_FALSE(locks.is_controlled("top"));
  EXPECT_TRUE(locks.locks_content("top"));
  for (const char* below : {"middle", "leaf"}) {
    EXPECT_TRUE(locks.is_controlled(below)) << below;
    EXPECT_TRUE(locks.locks_content(below)) << below;
  }
}

TEST(ProjectLocks, WithoutNestedOnlyItsOwnContentIsLocked) {
  ProjectLocks locks;
  learn(locks, "top", "", "LockedToProjectWithoutNested");
  learn(locks, "below", "top", "ManagedByOwner");
  EXPECT_TRUE(locks.locks_content("top"));
  EXPECT_FALSE(locks.is_controlled("top"));
  EXPECT_FALSE(locks.is_controlled("below"));
  EXPECT_FALSE(locks.locks_content("below"));
}

TEST(ProjectLocks, WhatTheSiteSaysOfTheControllingProjectHolds) {
  ProjectLocks locks;
  learn(locks, "below", "unseen", "LockedToProject", "unseen");
  learn(locks, "own", "", "LockedToProject", "own");
  EXPECT_TRUE(locks.is_controlled("below"));
  EXPECT_FALSE(locks.is_controlled("own"));
  EXPECT_TRUE(locks.locks_content("own"));
}

TEST(ProjectLocks, WhatIsNotKnownIsAsked) {
  ProjectLocks locks;
  learn(locks, "a", "b", "ManagedByOwner");
  learn(locks, "b", "a", "ManagedByOwner");
  EXPECT_FALSE(locks.is_controlled("a"));
  EXPECT_FALSE(locks.locks_content("a"));
  EXPECT_FALSE(locks.locks_content(""));
  EXPECT_FALSE(locks.locks_content("nobody"));
}

}  // namespace
}  // namespace tabferry::backup
