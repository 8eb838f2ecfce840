#include "store/lifecycle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tabferry::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<std::string> told(const std::vector<LifecycleRule>& rules, std::string_view prefix = "",
                              const std::string& root = "") {
  std::vector<std::string> found;
  for (const auto& threat : threats_to({.rules = rules, .root = root}, prefix))
    found.push_back(threat.rule + " " + threat.deed);
  return found;
}

LifecycleRule expiring(const std::string& prefix) {
  return {.id = "tidy", .prefix = prefix, .expires = {.after_days = 30}};
}

LifecycleRule moving_to(const std::string& storage_class) {
  return {.id = "cold", .prefix = "", .transitions = {{.storage_class = storage_class, .when = {.after_days = 0}}}};
}

TEST(Threats, AreWhatDeletes) {
  EXPECT_THAT(told({expiring("tableau/")}),
              ElementsAre("the rule 'tidy' (keys that begin with 'tableau/') deletes objects 30 days after they were made"));
  EXPECT_THAT(told({{.id = "", .prefix = "", .expires = {.on = base::parse_iso_time("2027-01-01T00:00:00Z")}}}),
              ElementsAre("the rule without a name (all keys) deletes objects on 2027-01-01"));
}

TEST(Threats, AreWhatArchives) {
  EXPECT_THAT(told({moving_to("GLACIER"), moving_to("DEEP_ARCHIVE")}),
              ElementsAre(HasSubstr("moves objects to GLACIER 0 days after"), HasSubstr("to DEEP_ARCHIVE")));
  EXPECT_THAT(told({moving_to("GLACIER_IR"), moving_to("STANDARD_IA"), moving_to("ONEZONE_IA"),
                    moving_to("INTELLIGENT_TIERING")}),
              IsEmpty()) << "these can be read at once";
}

TEST(Threats, AreOfRulesThatMeetTheKeys) {
  EXPECT_THAT(told({expiring("tableau/locks/"), expiring("tab"), expiring("other/")}, "tableau/").size(), 2U);
  EXPECT_THAT(told({expiring("tableau/locks/"), expiring("tab"), expiring("other/")}, "backup_", "tableau/").size(), 1U)
      << "the store's keys stand below its root";
  EXPECT_THAT(told({expiring("tableau2/")}, "", "tableau/"), IsEmpty());
}

TEST(Threats, AreOfRulesThatAreOnAndForUntaggedObjects) {
  auto off = expiring(""), tagged = expiring(""), sized = expiring("");
  off.enabled = false;
  tagged.tagged_only = true;
  sized.sized_only = true;
  EXPECT_THAT(told({off, tagged}), IsEmpty());
  EXPECT_THAT(told({sized}), ElementsAre(HasSubstr("of certain sizes")));
}

TEST(Threats, AreNotWhatTidiesVersionsAndUploads) {
  EXPECT_THAT(told({{.id = "a", .prefix = "", .noncurrent_expires_after_days = 1},
                    {.id = "b", .prefix = "", .aborts_uploads_after_days = 7}}),
              IsEmpty());
}

}  // namespace
}  // namespace tabferry::store
