#include "lambda/event.h"

#include <gmock/gmock.h>

#include "base/error.h"

namespace tabferry::lambda {
namespace {

using Step = app::BackupRequest::Step;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

template <class Request>
Request request_of(std::string_view event) {
  return std::get<Request>(job_of(event).request);
}

std::string message_of(std::string_view event) {
  try {
    job_of(event);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::usage);
    return error.what();
  }
  ADD_FAILURE() << event << " was taken";
  return "";
}

TEST(Event, NothingAndEventBridgesOwnMeanABackup) {
  for (const auto* event : {"", "{}", "null", R"({"job": "backup"})",
                            R"({"version": "0", "id": "x", "detail-type": "Scheduled Event", "source": "aws.events",
                                "account": "1", "time": "t", "region": "r", "resources": [], "detail": {}})"}) {
    const auto job = job_of(event);
    EXPECT_EQ(job.name, "backup");
    EXPECT_EQ(std::get<app::BackupRequest>(job.request).step, Step::all) << event;
  }
}

TEST(Event, TheDetailOfAnEventBridgeEventMayHoldTheJob) {
  const auto sent = [](const std::string& detail) {
    return R"({"source": "acme.ops", "detail-type": "tabferry", "detail": )" + detail + "}";
  };
  EXPECT_TRUE(std::holds_alternative<DoctorRequest>(job_of(sent(R"({"job": "doctor"})")).request));
  EXPECT_EQ(request_of<app::PruneRequest>(sent(R"({"job": "prune", "keep_daily": 7})")).keep.keep_daily, 7U);
  EXPECT_THAT(message_of(sent(R"({"job": "docter"})")), HasSubstr("(did you mean doctor?)"));
  EXPECT_THAT(message_of(sent(R"({"job": 3})")), HasSubstr("must be a text"));
  EXPECT_THAT(message_of(sent(R"({"job": "doctor", "full": true})")), HasSubstr("has no 'full'"));
  for (const auto* other : {"{}", R"({"full": true})", R"(["job"])", R"("job")", "null", "3"})
    EXPECT_EQ(job_of(sent(other)).name, "backup") << other;
}

TEST(Event, ABackupsOptions) {
  const auto job = job_of(
      R"({"job": "backup", "site": "prod", "only": ["workbooks:**"], "tags": "weekly", "scope": "visible", "full": true,
          "resume": false})");
  const auto request = std::get<app::BackupRequest>(job.request);
  EXPECT_EQ(job.flags.site, "prod");
  EXPECT_THAT(request.only, ElementsAre("workbooks:**"));
  EXPECT_THAT(request.tags, ElementsAre("weekly"));
  EXPECT_EQ(request.scope, "visible");
  EXPECT_TRUE(request.full);
  EXPECT_FALSE(request.resume);
}

TEST(Event, TheThreeSteps) {
  const auto plan = request_of<app::BackupRequest>(R"({"job": "backup.plan", "shards": 8})");
  EXPECT_TRUE(plan.step == Step::plan && plan.shards == 8);
  const auto work = request_of<app::BackupRequest>(R"({"job": "backup.work", "snapshot": "s", "shard": 2, "of": 8})");
  EXPECT_TRUE(work.step == Step::work && work.snapshot == "s" && work.shard == 2 && work.shards == 8);
  const auto seal = request_of<app::BackupRequest>(R"({"job": "backup.seal", "snapshot": "s"})");
  EXPECT_TRUE(seal.step == Step::seal && seal.snapshot == "s");
}

TEST(Event, TheOtherJobs) {
  EXPECT_THAT(request_of<app::PublishRequest>(R"({"job": "publish", "datasources": ["sales"]})").datasources,
              ElementsAre("sales"));
  EXPECT_EQ(request_of<VerifyRequest>(R"({"job": "verify"})").snapshot, "latest");
  EXPECT_TRUE(request_of<VerifyRequest>(R"({"job": "verify", "snapshot": null, "full": true})").full);
  EXPECT_EQ(request_of<app::PruneRequest>(R"({"job": "prune", "keep_daily": 7})").keep.keep_daily, 7U);
  EXPECT_TRUE(std::holds_alternative<DoctorRequest>(job_of(R"({"job": "doctor"})").request));
}

TEST(Event, WhatIsNotKnownIsRefusedWithTheNearest) {
  EXPECT_THAT(message_of(R"({"job": "bakcup"})"), HasSubstr("there is no job 'bakcup' (did you mean backup?)"));
  EXPECT_THAT(message_of(R"({"job": "backup", "ful": true})"),
              AllOf(HasSubstr("has no 'ful' (did you mean full?)"), HasSubstr("only, tags, scope")));
  EXPECT_THAT(message_of(R"({"jobs": "backup"})"), HasSubstr("(did you mean job?)"));
  EXPECT_THAT(message_of(R"({"job": "verify", "detail-type": "x", "source": "y"})"), HasSubstr("no 'detail-type'"));
}

TEST(Event, ValuesOfAnotherTypeAreRefused) {
  for (const auto* event :
       {"[]", "3", "\"backup\"", "{", R"({"job": 3})", R"({"job": ""})", R"({"full": "yes"})", R"({"only": [3]})",
        R"({"only": {"a": 1}})", R"({"scope": "all"})", R"({"job": "backup.plan", "shards": -1})", R"({"job": "backup.plan", "shards": 0})",
        R"({"job": "backup.work", "shard": 0})", R"({"job": "backup.work", "snapshot": "s", "shard": 1.5})",
        R"({"job": "prune", "keep_last": 99999999999999999999})"})
    EXPECT_NE(message_of(event), "") << event;
}

TEST(Event, BytesThatAreNoTextAreRefused) { EXPECT_NE(message_of("{\"job\": \"\xff\"}"), ""); }

}  // namespace
}  // namespace tabferry::lambda
