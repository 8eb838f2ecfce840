// The catalogue holds together: names, paths and versions.
#include "tableau/kinds.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace tabferry::tableau {
namespace {

using testing::HasSubstr;

TEST(Kinds, VersionsAreNumbersThatCanBeCompared) {
  EXPECT_EQ(version_number("3.9"), 309);
  EXPECT_EQ(version_number("3.29"), 329);
  EXPECT_EQ(version_number("2.8"), 208);
  for (const char* none : {"", "3", "3.", ".3", "3.x", "3.4.5", "-3.4", "3.100"})
    EXPECT_EQ(version_number(none), 0) << none;
}

TEST(Kinds, AtAnyVersionAListIsThereOnce) {
  for (const int version : {204, 303, 309, 314, 316, 317, 321, 322, 328, 329}) {
    std::set<std::string_view> seen;
    for (const auto& row : listed_kinds()) {
      if (!row.versions.hold(version)) continue;
      EXPECT_TRUE(seen.insert(row.kind).second) << row.kind << " at " << version;
    }
  }
}

TEST(Kinds, ADetailIsOfAListThatIsThereWhenItIs) {
  for (const auto& row : detail_kinds()) {
    const ListedKind* list = listed_kind(row.of_kind);
    ASSERT_NE(list, nullptr) << row.of_kind;
    EXPECT_TRUE(row.needs.empty() || listed_kind(row.needs) != nullptr) << row.needs;
    EXPECT_THAT(std::string(row.path), HasSubstr("{}"));
  }
}

TEST(Kinds, NoTwoDetailsOfAnItemAreTheSameUnit) {
  std::set<std::tuple<std::string_view, std::string_view, std::string_view>> seen;
  for (const auto& row : detail_kinds())
    EXPECT_TRUE(seen.emplace(row.kind, row.of_kind, row.content_type).second) << row.kind;
}

TEST(Kinds, ARequestHasTheSortOfItsRow) {
  const auto request = request_for(*listed_kind("workbooks"));
  EXPECT_EQ(request.path, "workbooks?fields=_all_");
  EXPECT_EQ(request.sort, "name:asc,createdAt:asc");
  EXPECT_EQ(request.doing, "listing the workbooks");
  EXPECT_EQ(request_for(*listed_kind("extract_tasks")).id_path, "extractRefresh/id");
  EXPECT_FALSE(request_for(*listed_kind("webhooks")).paged);
}

TEST(Kinds, AnIdOfASiteCannotLeaveItsPlaceInThePath) {
  EXPECT_EQ(path_for("workbooks/{}/permissions", "a1-b2"), "workbooks/a1-b2/permissions");
  EXPECT_EQ(path_for("workbooks/{}/permissions", "../x?y#z"), "workbooks/..%2Fx%3Fy%23z/permissions");
  EXPECT_EQ(path_for("serverinfo", "x"), "serverinfo");
}

}  // namespace
}  // namespace tabferry::tableau
