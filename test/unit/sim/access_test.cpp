#include "sim/core/access.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <chrono>

#include "sim/content/capabilities.h"
#include "sim/content/grants.h"
#include "sim/content/projects.h"

namespace tabferry::sim {
namespace {

constexpr const char* kNow = "2026-03-02T08:00:00Z";

// A site with three projects in each other, a data source in the innermost, and a user of each sort.
class SimAccess : public testing::Test {
 protected:
  SimAccess() {
    site_.put(Item(Kind::site, "site").set("name", "demo"));
    for (const auto& [id, role] :
         std::initializer_list<std::pair<const char*, const char*>>{{"admin", "SiteAdministratorCreator"},
                                                                    {"ann", "Creator"},
                                                                    {"owner", "ExplorerCanPublish"},
                                                                    {"viewer", "Viewer"},
                                                                    {"none", "Unlicensed"}})
      site_.put(Item(Kind::user, id).set("name", id).set("siteRole", role));
    for (const char* id : {"g1", "g2", "g3"}) site_.put(Item(Kind::group, id).set("name", id));
    site_.put(Item(Kind::group, "all").set("name", "All Users"));
    site_.put(Item(Kind::group_set, "set").set("name", "set"));
    site_.put(Item(Kind::group_set_member, "set/g3").set("groupSet", "set").set("group", "g3"));
    for (const char* id : {"g1", "g2", "g3"})
      site_.put(Item(Kind::membership, std::string(id) + "/ann").set("group", id).set("user", "ann"));
    project("top", "");
    project("middle", "top");
    project("inner", "middle");
    site_.put(content(Kind::datasource, "ds", "inner"));
  }

  void project(const std::string& id, const std::string& parent) {
    Item item(Kind::project, id);
    item.set("name", id).set("owner", "admin").set("contentPermissions", "ManagedByOwner");
    if (!parent.empty()) item.set("parentProjectId", parent);
    site_.put(std::move(item));
  }

  static Item content(Kind kind, const std::string& id, const std::string& project) {
    return Item(kind, id).set("name", id).set("project", project).set("owner", "owner");
  }

  void change(Kind kind, const std::string& id, const std::string& field, const std::string& value) {
    site_.put(Item(site_.at(kind, id)).set(field, value));
  }

  void grant(const std::string& key, const std::string& grantee, const std::string& id, const std::string& mode,
             const std::string& capability = "Read") {
    add_grant(site_, key, {grantee, id, capability, mode});
  }

  bool may(const std::string& user, const std::string& capability = "Read") const {
    return sim::may(site_, site_.at(Kind::user, user), site_.at(Kind::datasource, "ds"), capability);
  }

  bool has_rules(const std::string& key) const { return site_.find(Kind::permissions, key) != nullptr; }

  Site site_;
};

TEST_F(SimAccess, GivesNothingWithoutARule) {
  EXPECT_TRUE(may("admin"));
  EXPECT_TRUE(may("owner", "Delete"));
  EXPECT_FALSE(may("ann"));
  grant("datasource/ds", "group", "all", "Allow");
  EXPECT_TRUE(may("ann"));
  EXPECT_FALSE(may("ann", "ExportXml"));
  EXPECT_FALSE(may("none"));  // what ever the rules say
}

TEST_F(SimAccess, AsksUsersBeforeGroupsAndDenyBeforeAllow) {
  struct Case {
    const char *group1, *group2, *user;
    bool may;
  };
  for (const auto& [group1, group2, user, expected] :
       {Case{"Allow", "", "", true}, Case{"Allow", "Deny", "", false}, Case{"Deny", "Allow", "", false},
        Case{"Deny", "Deny", "Allow", true}, Case{"Allow", "Allow", "Deny", false}, Case{"", "", "Allow", true},
        Case{"Deny", "", "", false}, Case{"", "", "", false}}) {
    site_.erase(Kind::permissions, "datasource/ds");
    if (*group1) grant("datasource/ds", "group", "g1", group1);
    if (*group2) grant("datasource/ds", "group", "g2", group2);
    if (*user) grant("datasource/ds", "user", "ann", user);
    EXPECT_EQ(may("ann"), expected) << group1 << "/" << group2 << "/" << user;
  }
}

TEST_F(SimAccess, TakesGroupSetsAsGroups) {
  grant("datasource/ds", "groupSet", "set", "Allow");
  EXPECT_TRUE(may("ann"));
  EXPECT_FALSE(may("viewer"));
  grant("datasource/ds", "group", "g1", "Deny");
  EXPECT_FALSE(may("ann"));
}

TEST_F(SimAccess, LimitsBySiteRole) {
  for (const char* capability : {"Read", "Write", "ExportXml"})
    grant("datasource/ds", "group", "all", "Allow", capability);
  EXPECT_TRUE(may("viewer"));
  EXPECT_FALSE(may("viewer", "Write"));
  EXPECT_FALSE(may("viewer", "ExportXml"));
  EXPECT_TRUE(may("ann", "Write"));
  change(Kind::user, "owner", "siteRole", "Viewer");  // even the owner
  EXPECT_FALSE(may("owner", "Delete"));
}

TEST_F(SimAccess, LetsLeadersDoAllBelow) {
  grant("project/top", "group", "g1", "Allow", "ProjectLeader");
  EXPECT_TRUE(may("ann", "Delete"));
  grant("datasource/ds", "user", "ann", "Deny", "Delete");  // does not hold for leaders
  EXPECT_TRUE(may("ann", "Delete"));
  take_grant(site_, "project/top", {"group", "g1", "ProjectLeader", "Allow"});
  EXPECT_FALSE(may("ann", "Delete"));
  change(Kind::project, "middle", "owner", "ann");
  EXPECT_TRUE(may("ann", "Write"));
  EXPECT_FALSE(Rights(site_, site_.at(Kind::user, "ann")).leads("top"));
}

TEST_F(SimAccess, FollowsLockedProjects) {
  grant("datasource/ds", "user", "ann", "Allow");
  grant(defaults_key("top", "datasources"), "user", "viewer", "Allow");
  EXPECT_EQ(ruling_key(site_, site_.at(Kind::datasource, "ds")), "datasource/ds");
  change(Kind::project, "top", "contentPermissions", "LockedToProject");
  EXPECT_EQ(controlling_project(site_, "inner")->id(), "top");
  EXPECT_FALSE(may("ann"));
  EXPECT_TRUE(may("viewer"));
  EXPECT_FALSE(may("owner", "ChangePermissions"));
  change(Kind::project, "top", "contentPermissions", "LockedToProjectWithoutNested");
  EXPECT_EQ(controlling_project(site_, "inner"), nullptr);
  EXPECT_EQ(controlling_project(site_, "top")->id(), "top");
  EXPECT_TRUE(may("ann"));
  change(Kind::project, "middle", "contentPermissions", "LockedToProject");
  EXPECT_EQ(controlling_project(site_, "inner")->id(), "middle");
  change(Kind::project, "top", "contentPermissions", "LockedToProject");  // the outermost
  EXPECT_EQ(controlling_project(site_, "inner")->id(), "top");
}

TEST_F(SimAccess, ViewsFollowTheirWorkbook) {
  site_.put(content(Kind::workbook, "wb", "inner").set("showTabs", "true"));
  const Item& view = site_.put(Item(Kind::view, "v").set("name", "v").set("workbook", "wb"));
  grant("workbook/wb", "user", "ann", "Allow");
  grant("view/v", "user", "viewer", "Allow");
  const auto sees = [&](const char* user) { return is_visible(site_, site_.at(Kind::user, user), view); };
  EXPECT_TRUE(sees("ann") && !sees("viewer"));
  change(Kind::workbook, "wb", "showTabs", "false");
  EXPECT_TRUE(!sees("ann") && sees("viewer"));
  site_.erase(Kind::permissions, "view/v");
  EXPECT_TRUE(sees("ann"));
  EXPECT_TRUE(sees("owner"));
}

TEST_F(SimAccess, ShowsPersonalSpacesToAdministratorsFromOutside) {
  Item item(Kind::datasource, "ds");
  site_.put(item.set("name", "ds").set("owner", "owner").put_part(Node("location").with("type", "PersonalSpace")));
  EXPECT_TRUE(may("admin"));
  EXPECT_FALSE(may("admin", "ExportXml"));
  EXPECT_TRUE(may("owner", "ExportXml"));
  grant("datasource/ds", "user", "ann", "Allow");
  EXPECT_FALSE(may("ann"));
}

// --- rules given and taken ---

TEST_F(SimAccess, OnlyAddsToRules) {
  grant("datasource/ds", "user", "ann", "Allow");
  grant("datasource/ds", "user", "ann", "Deny");  // is passed over
  EXPECT_TRUE(may("ann"));
  EXPECT_EQ(take_grant(site_, "datasource/ds", {"user", "ann", "Read", "Deny"}), Taken::other_mode);
  EXPECT_EQ(take_grant(site_, "datasource/ds", {"user", "ann", "Write", "Allow"}), Taken::not_there);
  EXPECT_EQ(take_grant(site_, "datasource/ds", {"user", "ann", "Read", "Allow"}), Taken::yes);
  EXPECT_FALSE(has_rules("datasource/ds"));
}

TEST_F(SimAccess, NewThingsGetWhatTheirProjectGives) {
  const std::string id = ensure_project(site_, {"default"}, kNow);
  EXPECT_TRUE(has_rules("project/" + id));
  grant(defaults_key("inner", "workbooks"), "user", "ann", "Allow");
  give_defaults(site_, site_.put(content(Kind::workbook, "wb", "inner")));
  EXPECT_TRUE(is_visible(site_, site_.at(Kind::user, "ann"), site_.at(Kind::workbook, "wb")));
  grant("project/inner", "group", "g1", "Allow", "Write");
  grant("project/inner", "group", "g1", "Allow", "ProjectLeader");
  project("new", "inner");
  give_defaults(site_, site_.at(Kind::project, "new"));
  EXPECT_TRUE(has_rules(defaults_key("new", "workbooks")));
  const Node& rule = site_.at(Kind::permissions, "project/new").parts().at(0);
  ASSERT_EQ(rule.children[1].children.size(), 1U);  // leading is inherited, not copied
  EXPECT_EQ(rule.children[1].children[0].attribute("name"), "Write");
  forget_grants(site_, site_.at(Kind::project, "new"));
  EXPECT_FALSE(has_rules("project/new") || has_rules(defaults_key("new", "workbooks")));
}

TEST_F(SimAccess, LockingTakesOwnRulesAndUnlockingLeavesTheProjects) {
  grant("datasource/ds", "user", "ann", "Allow");
  grant("project/middle", "user", "ann", "Allow");
  grant(defaults_key("top", "datasources"), "user", "viewer", "Allow", "Connect");
  auto before = rules_in_force(site_, site_.at(Kind::project, "top"));
  change(Kind::project, "top", "contentPermissions", "LockedToProject");
  settle(site_, before);
  EXPECT_FALSE(has_rules("datasource/ds") || has_rules("project/middle"));
  before = rules_in_force(site_, site_.at(Kind::project, "top"));
  change(Kind::project, "top", "contentPermissions", "ManagedByOwner");
  settle(site_, before);
  EXPECT_TRUE(has_rules("datasource/ds"));
  EXPECT_TRUE(has_rules(defaults_key("inner", "datasources")));
  EXPECT_TRUE(may("viewer", "Connect"));
  EXPECT_FALSE(may("ann"));
}

TEST_F(SimAccess, MovesOutOfALockedProjectKeepWhatHeld) {
  change(Kind::project, "inner", "contentPermissions", "LockedToProject");
  grant(defaults_key("inner", "datasources"), "user", "ann", "Allow");
  auto before = rules_in_force(site_, site_.at(Kind::datasource, "ds"));
  change(Kind::datasource, "ds", "project", "top");
  settle(site_, before);
  EXPECT_TRUE(has_rules("datasource/ds") && may("ann"));
  before = rules_in_force(site_, site_.at(Kind::datasource, "ds"));
  change(Kind::datasource, "ds", "project", "inner");
  settle(site_, before);
  EXPECT_FALSE(has_rules("datasource/ds"));
}

TEST_F(SimAccess, KnowsTheCapabilitiesOfEachKind) {
  const auto is = [](const char* list, const char* name, const char* mode, int version) {
    return is_capability(*ruled_list(list), name, mode, version);
  };
  EXPECT_TRUE(is("projects", "ProjectLeader", "Allow", 329));
  EXPECT_FALSE(is("projects", "ProjectLeader", "Deny", 329));
  EXPECT_FALSE(is("projects", "InheritedProjectLeader", "Allow", 320));
  EXPECT_FALSE(is("datasources", "Filter", "Allow", 329));
  EXPECT_FALSE(is("workbooks", "Read", "Perhaps", 329));
  EXPECT_TRUE(is("workbooks", "CreateRefreshMetrics", "Allow", 321));
  EXPECT_FALSE(is("workbooks", "CreateRefreshMetrics", "Allow", 322));
  EXPECT_FALSE(is("flows", "ExtractRefresh", "Allow", 329));
}

TEST_F(SimAccess, PublicCollectionsAreForAllToReadAndPrivateOnesAreNot) {
  site_.put(Item(Kind::collection, "c").set("name", "c").set("owner", "owner").set("visibility", "private"));
  const auto may_ann = [&](std::string_view capability) {
    return sim::may(site_, site_.at(Kind::user, "ann"), site_.at(Kind::collection, "c"), capability);
  };
  EXPECT_FALSE(may_ann("Read"));
  change(Kind::collection, "c", "visibility", "Public");
  EXPECT_TRUE(may_ann("Read"));
  EXPECT_FALSE(may_ann("Write"));
  EXPECT_FALSE(is_visible(site_, site_.at(Kind::user, "none"), site_.at(Kind::collection, "c")));
}

TEST_F(SimAccess, AnswersForAHundredThousandItemsInASecond) {
  constexpr int kItems = 100000;
  for (int i = 0; i < kItems; ++i) {
    const std::string id = fmt::format("item-{:06}", i);
    site_.put(content(Kind::workbook, id, i % 2 ? "inner" : "top"));
    if (i % 4 == 0) grant("workbook/" + id, "group", "g1", "Allow");
  }
  Rights rights(site_, site_.at(Kind::user, "ann"));
  const auto begin = std::chrono::steady_clock::now();
  int seen = 0;
  for (const auto& [id, item] : site_.all(Kind::workbook)) seen += rights.sees(item) ? 1 : 0;
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  EXPECT_EQ(seen, kItems / 4);
  EXPECT_LT(took.count(), 1.0);
  RecordProperty("seconds", fmt::format("{:.3f}", took.count()));
}

}  // namespace
}  // namespace tabferry::sim
