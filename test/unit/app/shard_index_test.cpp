#include "app/shard_index.h"

#include "backup/plan.h"
#include "backup/shard_list.h"
#include "config_fixture.h"
#include "store/dir_store.h"
#include "store/small.h"

namespace tabferry::app {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const std::string kSnapshot = "backup_tableau_cloud_demo_20261122_101500";

class ShardIndex : public ConfigFixture {
 protected:
  backup::Shard choose(std::optional<unsigned> number, unsigned of) {
    return choose_shard(number, of, kSnapshot, store_, environment());
  }
  std::string error_of_choice(std::optional<unsigned> number, unsigned of) {
    try {
      choose(number, of);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::usage);
      return error.what();
    }
    ADD_FAILURE() << "nothing was thrown";
    return "";
  }

  store::DirStore store_{folder_.path() / "store", "file:///store/"};
};

TEST_F(ShardIndex, EachEngineHasItsVariable) {
  for (const auto* name : {"AWS_BATCH_JOB_ARRAY_INDEX", "JOB_COMPLETION_INDEX", "SLURM_ARRAY_TASK_ID"}) {
    variables_ = {{name, "2"}};
    EXPECT_EQ(choose({}, 4).number, 2U) << name;
    EXPECT_EQ(told_index(environment())->by, name);
  }
  variables_ = {{"SLURM_ARRAY_TASK_ID", "7"}, {"SLURM_ARRAY_TASK_MIN", "5"}};
  EXPECT_EQ(choose({}, 4).number, 2U);
  variables_ = {{"JOB_COMPLETION_INDEX", ""}};
  EXPECT_FALSE(told_index(environment()));
}

TEST_F(ShardIndex, WhatTheFlagSaysIsNotAskedOfTheEngine) {
  variables_ = {{"JOB_COMPLETION_INDEX", "3"}};
  const auto shard = choose(1, 4);
  EXPECT_EQ(shard.number, 1U);
  EXPECT_EQ(shard.of, 4U);
}

TEST_F(ShardIndex, TwoEnginesMustAgree) {
  variables_ = {{"JOB_COMPLETION_INDEX", "1"}, {"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "2"}};
  EXPECT_EQ(choose({}, 4).number, 1U);
  variables_["SLURM_ARRAY_TASK_MIN"] = "1";
  EXPECT_THAT(error_of_choice({}, 4),
              AllOf(HasSubstr("JOB_COMPLETION_INDEX says 1"), HasSubstr("SLURM_ARRAY_TASK_ID says 2")));
}

TEST_F(ShardIndex, WhatIsNoIndexIsRefused) {
  for (const auto* text : {"x", "-1", "1.5", "1 ", "99999999999"}) {
    variables_ = {{"AWS_BATCH_JOB_ARRAY_INDEX", text}};
    EXPECT_THAT(error_of_choice({}, 4), AllOf(HasSubstr("AWS_BATCH_JOB_ARRAY_INDEX"), HasSubstr("no index"))) << text;
  }
  variables_ = {{"SLURM_ARRAY_TASK_ID", "1"}, {"SLURM_ARRAY_TASK_MIN", "2"}};
  EXPECT_THAT(error_of_choice({}, 4), HasSubstr("less than SLURM_ARRAY_TASK_MIN"));
  variables_ = {{"JOB_COMPLETION_INDEX", "4"}};
  EXPECT_THAT(error_of_choice({}, 4), AllOf(HasSubstr("no shard 4"), HasSubstr("4 shards"), HasSubstr("0 to 3")));
  EXPECT_THAT(error_of_choice(5, 4), AllOf(HasSubstr("no shard 5 (--shard)"), HasSubstr("0 to 3")));
}

TEST_F(ShardIndex, NobodySaysWhich) {
  EXPECT_EQ(choose({}, 1).number, 0U);
  EXPECT_THAT(error_of_choice({}, 4),
              AllOf(HasSubstr("4 workers"), HasSubstr("--shard 0/4"), HasSubstr("SLURM_ARRAY_TASK_ID")));
}

TEST_F(ShardIndex, HowManyIsThePlansWhereNobodySays) {
  backup::Plan plan{.snapshot = kSnapshot, .shards = 3};
  ASSERT_TRUE(backup::claim(store_, plan));
  EXPECT_EQ(choose(2, 0).of, 3U);
  backup::put_shard_list(store_, kSnapshot, 5);
  EXPECT_EQ(choose(2, 0).of, 5U) << "the newest backup-plan of it says so";
}

TEST_F(ShardIndex, TheListIsWrittenOnceAndReadByEngines) {
  const auto key = backup::put_shard_list(store_, kSnapshot, 2);
  EXPECT_EQ(key, kSnapshot + ".work/shards.json");
  const auto first = store::read_text(store_, key);
  EXPECT_EQ(doc::parse_json(first->text, key), (doc::Json{{{"snapshot", kSnapshot}, {"shard", 0}, {"of", 2}},
                                                          {{"snapshot", kSnapshot}, {"shard", 1}, {"of", 2}}}));
  backup::put_shard_list(store_, kSnapshot, 2);
  EXPECT_EQ(store::read_text(store_, key)->object.etag, first->object.etag);
  store::put_text(store_, key, "[{\"snapshot\":\"other\"}]");
  EXPECT_THROW(backup::planned_shards(store_, kSnapshot), base::Error);
}

}  // namespace
}  // namespace tabferry::app
