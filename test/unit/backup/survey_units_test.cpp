// What is to be downloaded and asked for, out of lists.
#include "backup/survey_content.h"
#include "backup/survey_documents.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/error.h"
#include "base/tempdir.h"

namespace tabferry::backup {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

constexpr int kNewest = 329;

class SurveyUnits : public testing::Test {
 protected:
  void list(const std::string& kind, std::initializer_list<std::string_view> items) {
    lists_.write({.kind = kind, .as_of = "2026-11-22T10:00:00Z"}, [&](const SurveyedLists::Give& give) {
      for (const auto item : items) give(doc::parse_json(item, "test"));
    });
  }
  void refuse(const std::string& kind, int code) {
    ListHead head{.kind = kind, .as_of = "2026-11-22T10:00:00Z"};
    head.refusal = tableau::Refusal{.status = 403, .code = code, .words = "no licence"};
    lists_.write(std::move(head), [](const auto&) {});
  }
  void SetUp() override {
    list("users", {R"({"id":"u1","name":"ann"})"});
    list("projects", {R"({"id":"p1","name":"Open","contentPermissions":"ManagedByOwner"})",
                      R"({"id":"p2","name":"Locked","contentPermissions":"LockedToProject"})",
                      R"({"id":"p3","name":"In it","parentProjectId":"p2","contentPermissions":"LockedToProject"})",
                      R"({"id":"p4","name":"Admin Insights","contentPermissions":"ManagedByOwner"})"});
    list(
        "workbooks",
        {R"({"id":"w1","name":"A","project":{"id":"p1"},"showTabs":"false","updatedAt":"2026-01-03T00:00:00Z",
              "size":"7",              "hasExtracts":"true"})",
         R"({"id":"w2","name":"B","project":{"id":"p3"},"showTabs":"false","updatedAt":"2026-01-01T00:00:00Z",
              "hasExtracts":"false"})",
         R"({"id":"w3","name":"C","project":{"id":"p1"},"showTabs":"true","updatedAt":"2026-01-02T00:00:00Z"})",
         R"({"id":"w4","name":"D","project":{"id":"p4"},"showTabs":"true","updatedAt":"2020-01-02T00:00:00Z"})"});
    list("views",
         {R"({"id":"v1","name":"V1","workbook":{"id":"w1"}})", R"({"id":"v2","name":"V2","workbook":{"id":"w2"}})",
          R"({"id":"v3","name":"V3","workbook":{"id":"w3"}})"});
  }

  std::vector<Unit> content(const Scope& scope, int version = kNewest) {
    auto chosen = choose_content(lists_, index_of(lists_), scope, version);
    limits_ = chosen.limits;
    idle_ = chosen.idle;
    left_out_ = chosen.left_out;
    return std::move(chosen.units);
  }
  std::vector<std::string> documents(const std::string& prefix, int version = kNewest) {
    std::vector<std::string> ids;
    for (const auto& unit : document_units(lists_, index_of(lists_), "site-id", version, gaps_))
      if (unit.id.starts_with(prefix)) ids.push_back(unit.id);
    return ids;
  }
  static std::vector<std::string> ids_of(const std::vector<Unit>& units) {
    std::vector<std::string> ids;
    for (const auto& unit : units) ids.push_back(unit.id);
    return ids;
  }

  base::TempDir folder_{base::default_temp_parent()};
  SurveyedLists lists_{folder_.path()};
  std::vector<std::string> limits_, idle_;
  uint64_t left_out_ = 0;
  std::vector<Gap> gaps_;
};

TEST_F(SurveyUnits, ADownloadSaysWhatTheListSaid) {
  const auto units = content({});
  ASSERT_EQ(ids_of(units), (std::vector<std::string>{"workbooks/w1", "workbooks/w2", "workbooks/w3", "workbooks/w4"}));
  EXPECT_EQ(units[0].natural_key, "Open/A");
  EXPECT_EQ(units[0].path, "workbooks/w1/content");
  EXPECT_EQ(units[0].listed_bytes, 7'000'000U);
  EXPECT_EQ(units[0].updated_at, "2026-01-03T00:00:00Z");
  EXPECT_TRUE(units[0].has_extracts);
  EXPECT_FALSE(units[1].has_extracts);
  EXPECT_TRUE(units[2].has_extracts) << "the list does not say";
}

TEST_F(SurveyUnits, SelectorsChooseAndAdminInsightsIsAlwaysTaken) {
  EXPECT_THAT(ids_of(content({.include = {Selector("Open/A")}})), ElementsAre("workbooks/w1", "workbooks/w4"));
  EXPECT_THAT(ids_of(content({.exclude = {Selector("Locked/**"), Selector("Admin Insights/**")}})),
              ElementsAre("workbooks/w1", "workbooks/w3", "workbooks/w4"));
  EXPECT_THAT(ids_of(content({.workbooks = false})), IsEmpty());
  EXPECT_THAT(limits_, IsEmpty());
}

TEST_F(SurveyUnits, WhatIsLeftOutIsCounted) {
  content({});
  EXPECT_EQ(left_out_, 0U);
  content({.include = {Selector("Open/A")}});
  EXPECT_EQ(left_out_, 2U) << "B and C";
  content({.workbooks = false});
  EXPECT_EQ(left_out_, 4U);
  content({.caps = {{"workbooks", 2}}});
  EXPECT_EQ(left_out_, 1U);
}

TEST_F(SurveyUnits, ASelectorThatMatchesNothingIsToldWithWhatToWrite) {
  EXPECT_THAT(content({.exclude = {Selector("Open"), Selector("workbooks:Nowhere/**"), Selector("Open/A")}}),
              SizeIs(3));
  ASSERT_EQ(idle_.size(), 2U);
  EXPECT_THAT(idle_[0], AllOf(HasSubstr("exclude 'Open'"), HasSubstr("a project's items are 'Open/**'")));
  EXPECT_THAT(idle_[1], AllOf(HasSubstr("Nowhere"), HasSubstr("'Finance/**'")));
  content({.workbooks = false, .exclude = {Selector("Open/A")}});
  EXPECT_THAT(idle_, IsEmpty()) << "the site has it";
}

TEST_F(SurveyUnits, SelectorsThatLeaveNothingAreAMistake) {
  const auto refused = [&](const Scope& scope) {
    try {
      content(scope);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::config);
      return std::string(error.what());
    }
    return std::string();
  };
  EXPECT_THAT(refused({.include = {Selector("Locked")}}),
              AllOf(HasSubstr("3 items"), HasSubstr("a project's items are 'Locked/**'")));
  EXPECT_THAT(refused({.include = {Selector("flows:**")}}), HasSubstr("flows:**"));
  EXPECT_THAT(refused({.exclude = {Selector("**")}}), HasSubstr("'Finance/**'"));
  EXPECT_EQ(refused({.workbooks = false, .include = {Selector("Nowhere")}}), "") << "no content was wanted";
}

TEST_F(SurveyUnits, ACapTakesTheNewestAndSaysSo) {
  EXPECT_THAT(ids_of(content({.caps = {{"workbooks", 2}}})),
              ElementsAre("workbooks/w1", "workbooks/w3", "workbooks/w4"));
  ASSERT_EQ(limits_.size(), 1U);
  EXPECT_THAT(limits_[0], HasSubstr("2 of 3 workbooks"));
}

TEST_F(SurveyUnits, CustomViewsAndVirtualConnectionsComeWithTheirVersion) {
  list("custom_views", {R"({"id":"c1","name":"mine","view":{"id":"v1"},"owner":{"id":"u1"}})"});
  list("virtual_connections", {R"({"id":"x1","name":"VC","project":{"id":"p1"}})"});
  const auto units = content({.workbooks = false});
  ASSERT_THAT(ids_of(units), ElementsAre("custom_views/c1", "virtual_connections/x1"));
  EXPECT_EQ(units[0].natural_key, "Open/A/V1/ann/mine");
  EXPECT_EQ(units[1].element, "virtualConnection");
  EXPECT_EQ(units[1].inner, "content");
  EXPECT_THAT(ids_of(content({.workbooks = false}, 320)), IsEmpty());
}

TEST_F(SurveyUnits, PermissionsOfLockedContentAreKnown) {
  EXPECT_THAT(documents("permissions/workbooks/"),
              ElementsAre("permissions/workbooks/w1", "permissions/workbooks/w3", "permissions/workbooks/w4"));
  EXPECT_THAT(documents("permissions/projects/"),
              ElementsAre("permissions/projects/p1", "permissions/projects/p2", "permissions/projects/p4"));
  EXPECT_THAT(documents("default_permissions/projects/p3"), IsEmpty());
  EXPECT_THAT(documents("default_permissions/projects/p2"), Not(IsEmpty()));
}

TEST_F(SurveyUnits, ViewsThatAreTabsHaveTheirWorkbooksPermissions) {
  EXPECT_THAT(documents("permissions/views/"), ElementsAre("permissions/views/v1"));
}

TEST_F(SurveyUnits, AGroupWithoutMembersHasNoneToAskFor) {
  list("groups", {R"({"id":"g1","name":"Full","userCount":"3"})", R"({"id":"g2","name":"Empty","userCount":"0"})",
                  R"({"id":"g3","name":"Unsaid"})"});
  EXPECT_THAT(documents("group_members/"), ElementsAre("group_members/groups/g1", "group_members/groups/g3"));
}

TEST_F(SurveyUnits, OnlyOpenIdConnectHasAConfigurationToAskFor) {
  list("auth_configurations",
       {R"({"idpConfigurationId":"i1","authSetting":"OIDC"})", R"({"idpConfigurationId":"i2","authSetting":"SAML"})"});
  EXPECT_THAT(documents("oidc_configurations/"), ElementsAre("oidc_configurations/auth_configurations/i1"));
}

TEST_F(SurveyUnits, WhatTheLicenceRefusesIsNotAskedItemByItem) {
  list("datasources", {R"({"id":"d1","name":"D","project":{"id":"p1"}})"});
  refuse("databases", 403157);
  refuse("flows", 403157);
  EXPECT_THAT(documents("dqw/"), IsEmpty());
  const auto gap = std::find_if(gaps_.begin(), gaps_.end(), [](const Gap& one) { return one.kind == "dqw"; });
  ASSERT_NE(gap, gaps_.end());
  EXPECT_EQ(gap->code, 403157);
  EXPECT_FALSE(gap->failed);
  const auto defaults = documents("default_permissions/projects/p1");
  EXPECT_THAT(defaults, Contains("default_permissions/projects/p1/workbooks"));
  EXPECT_THAT(defaults, Not(Contains("default_permissions/projects/p1/flows")));
  EXPECT_THAT(defaults, Not(Contains("default_permissions/projects/p1/databases")));
}

TEST_F(SurveyUnits, WhatCameLaterIsAGapOnceAKind) {
  list("custom_views", {R"({"id":"c1","name":"mine","view":{"id":"v1"},"owner":{"id":"u1"}})"});
  EXPECT_THAT(documents("custom_view_defaults/", 318), IsEmpty());
  const auto is_it = [](const Gap& one) { return one.kind == "custom_view_defaults"; };
  ASSERT_EQ(std::count_if(gaps_.begin(), gaps_.end(), is_it), 1);
  EXPECT_THAT(std::find_if(gaps_.begin(), gaps_.end(), is_it)->reason, HasSubstr("3.21"));
  EXPECT_THAT(documents("default_permissions/projects/p1", 321), Contains("default_permissions/projects/p1/lenses"));
}

TEST_F(SurveyUnits, TheSiteHasDocumentsOfItsOwn) {
  const auto ids = documents("site/");
  EXPECT_THAT(ids, Contains("site/site"));
  EXPECT_THAT(ids, Contains("site/embedding"));
  EXPECT_THAT(ids, Not(Contains("site/oidc")));
  const auto units = document_units(lists_, index_of(lists_), "site-id", kNewest, gaps_);
  EXPECT_EQ(units.front().path, "sites/site-id?includeUsage=true");
}

TEST(Fingerprint, MovesWithTheItemAndNotWithItsCounters) {
  const auto of = [](std::string_view text) { return fingerprint_of(doc::parse_json(text, "test")); };
  const auto base = of(R"({"id":"1","name":"a","owner":{"id":"u","lastLogin":"x"},"usage":{"totalViewCount":"1"}})");
  EXPECT_EQ(base.size(), 32U);
  EXPECT_EQ(base, of(R"({"id":"1","name":"a","owner":{"id":"u","lastLogin":"y"},"usage":{"totalViewCount":"2"}})"));
  EXPECT_EQ(base, of(R"({"id":"1","name":"a","owner":{"id":"u"}})"));
  EXPECT_NE(base, of(R"({"id":"1","name":"b","owner":{"id":"u"}})"));
  EXPECT_NE(base, of(R"({"id":"1","name":"a","owner":{"id":"v"}})"));
  EXPECT_NE(base, of(R"({"id":"1","name":"a","owner":{"id":"u"},"size":"2"})"));
}

}  // namespace
}  // namespace tabferry::backup
