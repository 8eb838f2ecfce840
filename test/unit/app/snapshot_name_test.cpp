#include "app/snapshot_name.h"

#include "config_fixture.h"

using ::testing::HasSubstr;

namespace tabferry::app {
namespace {

class SnapshotName : public ConfigFixture {};

TEST_F(SnapshotName, WhatAnEmptyVariableLeavesIsRefused) {
  const auto refused = [this](std::string_view name) {
    return message_of([&] { check_snapshot_name(name); }, base::ErrorKind::usage);
  };
  EXPECT_THAT(refused(""), HasSubstr("the snapshot's name is empty"));
  EXPECT_THAT(refused("null"), HasSubstr("the snapshot's name is 'null'"));
  EXPECT_THAT(refused("--quiet"), HasSubstr("the snapshot's name is '--quiet'"));
  EXPECT_THAT(refused("-"), HasSubstr("jq -er"));
}

TEST_F(SnapshotName, WhatMayBeOneIsTaken) {
  for (const auto* name :
       {"latest", "latest~2", "2026-11-22", "backup_tableau_cloud_sales_20261122_101500", "nullable"})
    EXPECT_NO_THROW(check_snapshot_name(name)) << name;
}

}  // namespace
}  // namespace tabferry::app
