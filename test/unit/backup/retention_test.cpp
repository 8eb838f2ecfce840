#include "backup/retention.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tabferry::backup {
namespace {

using State = Snapshot::State;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class RetentionTest : public testing::Test {
 protected:
  // Added in the order of time.
  void add(const std::string& time, State state = State::complete, std::vector<std::string> tags = {}) {
    Snapshot one;
    one.folder.at = *base::parse_iso_time(time + ":00Z");
    one.folder.name = time;
    one.state = state;
    one.head.tags = std::move(tags);
    snapshots_.push_back(one);
  }
  std::vector<std::string> kept(const Retention& retention, const std::string& now = "2026-12-31T00:00") {
    judgements_ = judge(snapshots_, retention, *base::parse_iso_time(now + ":00Z"));
    std::vector<std::string> names;
    for (size_t i = 0; i < snapshots_.size(); ++i) {
      EXPECT_FALSE(judgements_[i].reason.empty());
      if (judgements_[i].stays) names.push_back(snapshots_[i].folder.name);
    }
    return names;
  }

  std::vector<Snapshot> snapshots_;
  std::vector<Judgement> judgements_;
};

TEST_F(RetentionTest, LastKeepsSoMany) {
  for (const auto* time : {"2026-11-01T01:00", "2026-11-02T01:00", "2026-11-03T01:00"}) add(time);
  EXPECT_THAT(kept({.last = 2}), ElementsAre("2026-11-02T01:00", "2026-11-03T01:00"));
  EXPECT_THAT(judgements_[2].reason, testing::AllOf(HasSubstr("newest complete"), HasSubstr("last")));
  EXPECT_EQ(kept({.last = 9}).size(), 3U);
}

TEST_F(RetentionTest, APeriodKeepsItsNewest) {
  for (const auto* time : {"2025-12-31T23:59", "2026-01-01T00:00", "2026-10-31T10:00", "2026-11-01T10:00",
                           "2026-11-02T10:00", "2026-11-02T11:10", "2026-11-02T11:50"})
    add(time);
  EXPECT_THAT(kept({.hourly = 2}), ElementsAre("2026-11-02T10:00", "2026-11-02T11:50"));
  EXPECT_THAT(kept({.daily = 3}), ElementsAre("2026-10-31T10:00", "2026-11-01T10:00", "2026-11-02T11:50"));
  EXPECT_THAT(kept({.weekly = 2}), ElementsAre("2026-11-01T10:00", "2026-11-02T11:50")) << "a week begins on Monday";
  EXPECT_THAT(kept({.weekly = 3}), ElementsAre("2026-01-01T00:00", "2026-11-01T10:00", "2026-11-02T11:50"))
      << "and a year's first one may begin in the old year";
  EXPECT_THAT(kept({.monthly = 3}), ElementsAre("2026-01-01T00:00", "2026-10-31T10:00", "2026-11-02T11:50"));
  EXPECT_THAT(kept({.yearly = 2}), ElementsAre("2025-12-31T23:59", "2026-11-02T11:50"));
  EXPECT_THAT(kept({.last = 1, .monthly = 2}), ElementsAre("2026-10-31T10:00", "2026-11-02T11:50"));
}

TEST_F(RetentionTest, TheNewestCompleteOneStaysWhateverIsSaid) {
  add("2026-11-01T01:00");
  add("2026-11-02T01:00", State::complete, {"x"});
  EXPECT_THAT(kept({.keep_tags = {"never"}}), ElementsAre("2026-11-02T01:00"));
  EXPECT_THAT(kept({.last = 1, .only_tags = {"x"}}), ElementsAre("2026-11-01T01:00", "2026-11-02T01:00"));
}

TEST_F(RetentionTest, TagsKeepAndLimit) {
  add("2026-11-01T01:00", State::complete, {"release", "q4"});
  add("2026-11-02T01:00", State::complete, {"nightly"});
  add("2026-11-03T01:00", State::complete, {"nightly"});
  add("2026-11-04T01:00");
  EXPECT_THAT(kept({.last = 1, .keep_tags = {"release"}}), ElementsAre("2026-11-01T01:00", "2026-11-04T01:00"));
  EXPECT_THAT(kept({.last = 1, .only_tags = {"nightly"}}),
              ElementsAre("2026-11-01T01:00", "2026-11-03T01:00", "2026-11-04T01:00"));
}

TEST_F(RetentionTest, APartialOneTakesNobodysPlace) {
  add("2026-11-01T01:00");
  add("2026-11-02T01:00");
  add("2026-11-02T05:00", State::partial);
  add("2026-11-03T01:00", State::partial);
  add("2026-11-03T05:00", State::partial);
  add("2026-11-04T01:00");
  add("2026-11-05T01:00", State::partial);
  add("2026-11-05T05:00", State::partial);
  EXPECT_THAT(kept({.daily = 2}),
              ElementsAre("2026-11-02T01:00", "2026-11-03T05:00", "2026-11-04T01:00", "2026-11-05T05:00"));
  EXPECT_THAT(kept({.yearly = 1}), ElementsAre("2026-11-04T01:00", "2026-11-05T05:00"));
}

TEST_F(RetentionTest, WithoutACompleteOneTheNewestPartialStays) {
  add("2026-11-02T01:00", State::partial);
  add("2026-11-02T05:00", State::partial);
  EXPECT_THAT(kept({.keep_tags = {"x"}}), ElementsAre("2026-11-02T05:00"));
  EXPECT_THAT(kept({.daily = 1}), ElementsAre("2026-11-02T05:00"));
}

TEST_F(RetentionTest, AnIncompleteOneStaysWhileItIsOfUse) {
  add("2026-11-01T01:00", State::incomplete);
  add("2026-11-02T01:00");
  add("2026-11-03T01:00", State::incomplete);
  add("2026-11-01T02:00", State::foreign);
  add("2026-11-01T03:00", State::pruned);
  EXPECT_THAT(kept({.last = 1}),
              ElementsAre("2026-11-02T01:00", "2026-11-03T01:00", "2026-11-01T02:00", "2026-11-01T03:00"));
  EXPECT_EQ(kept({.last = 1}, "2026-11-02T00:59").size(), 5U) << "younger than a day";
}

TEST_F(RetentionTest, NoSnapshotsNoJudgements) {
  EXPECT_THAT(kept({.last = 1}), IsEmpty());
  EXPECT_TRUE(Retention{}.says_nothing());
  EXPECT_TRUE(Retention{.only_tags = {"x"}}.says_nothing());
  EXPECT_FALSE(Retention{.keep_tags = {"x"}}.says_nothing());
}

TEST_F(RetentionTest, ANewestOneThatIsNoSubstituteIsTold) {
  for (const auto* time : {"2026-11-01T01:00", "2026-11-02T01:00", "2026-11-03T01:00"}) add(time);
  const std::vector<bool> last_stays = {false, false, true};
  EXPECT_EQ(warning_of_favour(snapshots_, last_stays), "");
  snapshots_[2].head.asked = "revisions: 1";
  EXPECT_THAT(warning_of_favour(snapshots_, last_stays),
              AllOf(HasSubstr("newest complete snapshot, 2026-11-03T01:00,"), HasSubstr("2 complete ones"),
                    HasSubstr("2026-11-02T01:00"), HasSubstr("with other options")));
  EXPECT_EQ(warning_of_favour(snapshots_, {true, true, true}), "") << "nothing goes";
  snapshots_[2].head.asked = "";
  snapshots_[2].head.left_out = 36;
  EXPECT_THAT(warning_of_favour(snapshots_, last_stays), HasSubstr("36 are left out by the configuration"));
  snapshots_[0].head.left_out = snapshots_[1].head.left_out = 36;
  EXPECT_EQ(warning_of_favour(snapshots_, last_stays), "") << "they left out as much";
  snapshots_[0].head.left_out = 0;
  snapshots_[0].state = State::partial;
  EXPECT_EQ(warning_of_favour(snapshots_, last_stays), "") << "no complete one goes";
}

}  // namespace
}  // namespace tabferry::backup
