#include "sim/faults/fault_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "base/error.h"
#include "doc/json.h"
#include "sim/faults/index_lag.h"
#include "sim/faults/request_counts.h"

namespace tabferry::sim {
namespace {

const Occasion kGet{"GET", "/api/3.27/sites/s/workbooks/w/content", "workbook", "w"};
const Occasion kPost{"POST", "/api/3.27/sites/s/workbooks", "", ""};

std::vector<Fault> faults(std::initializer_list<const char*> texts) {
  std::vector<Fault> all;
  for (const char* text : texts) all.push_back(parse_fault(text));
  return all;
}

doc::Json json_of(const FaultRules& rules) { return doc::parse_json(rules.to_json(), "the rules"); }

std::vector<int> struck_among(FaultRules& rules, FaultKind kind, const Occasion& occasion, int count) {
  std::vector<int> struck;
  for (int i = 1; i <= count; ++i)
    if (rules.strike(kind, occasion)) struck.push_back(i);
  return struck;
}

TEST(FaultRules, FallsOnItsTurnAmongItsOwnOccasions) {
  FaultRules rules;
  rules.add(faults({"429@2-3 on GET **"}));
  EXPECT_FALSE(rules.strike(FaultKind::too_many, kGet));
  EXPECT_FALSE(rules.strike(FaultKind::too_many, kPost));  // not let through: not counted
  EXPECT_FALSE(rules.strike(FaultKind::latency, kGet));    // another kind
  EXPECT_EQ(rules.strike(FaultKind::too_many, kGet)->number, 2u);
  EXPECT_EQ(struck_among(rules, FaultKind::too_many, kGet, 5), std::vector<int>{1});
}

TEST(FaultRules, TheFirstWinsAndAllCount) {
  FaultRules rules;
  EXPECT_THAT(rules.add(faults({"500@2", "503@1-3"})), testing::ElementsAre(1, 2));
  EXPECT_EQ(rules.strike(FaultKind::status, kGet)->rule, 2u);
  EXPECT_EQ(rules.strike(FaultKind::status, kGet)->rule, 1u);
  EXPECT_EQ(rules.strike(FaultKind::status, kGet)->fault->number, 503u);
  EXPECT_FALSE(rules.strike(FaultKind::status, kGet));
}

TEST(FaultRules, TellsWhatWasDoneAndNothingElse) {
  FaultRules rules;
  rules.add(faults({"truncate=5@1", "forbid@1+"}));
  const auto strike = rules.strike(FaultKind::truncate, kGet);
  rules.strike(FaultKind::forbid, kGet);
  rules.done(*strike, kGet, "sent 5 of 10 bytes");
  const doc::Json json = json_of(rules);
  EXPECT_EQ(json["struck"], 1);
  EXPECT_EQ(doc::to_line(json["log"]), R"([{"rule":1,"fault":"truncate=5@1","number":1,"method":"GET",)"
                                       R"("path":"/api/3.27/sites/s/workbooks/w/content",)"
                                       R"("kind":"workbook","id":"w","done":"sent 5 of 10 bytes"}])");
  EXPECT_EQ(doc::to_line(json["rules"]), R"([{"id":1,"fault":"truncate=5@1","met":1,"struck":1,"removed":false},)"
                                         R"({"id":2,"fault":"forbid@1+","met":1,"struck":0,"removed":false}])");
}

TEST(FaultRules, RemovedRulesFallNoMoreAndKeepTheirCounts) {
  FaultRules rules;
  rules.add(faults({"429@1+"}));
  rules.done(*rules.strike(FaultKind::too_many, kPost), kPost, "answered 429");
  rules.remove_all();
  EXPECT_FALSE(rules.strike(FaultKind::too_many, kPost));
  EXPECT_THAT(rules.add(faults({"429@1"})), testing::ElementsAre(2));
  EXPECT_TRUE(rules.strike(FaultKind::too_many, kPost));
  const doc::Json json = json_of(rules);
  EXPECT_EQ(json["rules"][0]["struck"], 1);
  EXPECT_EQ(json["rules"][0]["removed"], true);
  EXPECT_EQ(json["rules"][1]["removed"], false);
  EXPECT_EQ(json["log"].size(), 1u);
}

TEST(FaultRules, DiceFallAlikeForTheSameSeed) {
  FaultRules one(7), same(7), other(8);
  for (FaultRules* rules : {&one, &same, &other}) rules->add(faults({"429@30%"}));
  const auto struck = struck_among(one, FaultKind::too_many, kGet, 1000);
  EXPECT_EQ(struck, struck_among(same, FaultKind::too_many, kGet, 1000));
  EXPECT_NE(struck, struck_among(other, FaultKind::too_many, kGet, 1000));
  EXPECT_NEAR(static_cast<double>(struck.size()), 300, 60);
}

TEST(FaultRules, AreBounded) {
  FaultRules rules;
  std::vector<Fault> many(FaultRules::kMostRules, parse_fault("429@1"));
  rules.add(many);
  EXPECT_THROW(rules.add(faults({"429@1"})), base::Error);
  const Strike strike = *rules.strike(FaultKind::too_many, kGet);
  for (size_t i = 0; i < FaultLog::kMostEntries + 10; ++i) rules.done(strike, kGet, std::to_string(i));
  const auto json = doc::Json::parse(rules.to_json());  // doc::parse_json() takes long for so long an array
  EXPECT_EQ(json["log"].size(), FaultLog::kMostEntries);
  EXPECT_EQ(json["log"][0]["done"], "10");
  EXPECT_EQ(json["struck"], FaultLog::kMostEntries + 10);
}

TEST(FaultRules, SumsUp) {
  FaultRules rules;
  EXPECT_EQ(rules.summary(), "0 sessions expired, 0 publishes denied, 0 jobs failed");
  rules.add(faults({"expire-session@1", "429@1", "503@1"}));
  rules.done(*rules.strike(FaultKind::expire_session, kGet), kGet, "");
  rules.done(*rules.strike(FaultKind::status, kGet), kGet, "");
  EXPECT_EQ(rules.summary(), "1 session expired, 0 publishes denied, 0 jobs failed, 1 of 503");
}

TEST(FaultRules, CountsRightUnderManyThreads) {
  FaultRules rules;
  rules.add(faults({"429@1-100"}));
  std::vector<std::jthread> threads;
  for (int i = 0; i < 4; ++i)
    threads.emplace_back([&] {
      for (int j = 0; j < 50; ++j)
        if (const auto strike = rules.strike(FaultKind::too_many, kGet)) rules.done(*strike, kGet, "429");
    });
  threads.clear();
  EXPECT_EQ(rules.struck(FaultKind::too_many), 100u);
}

TEST(FaultRules, LetsGoOfWhatItHoldsUp) {
  FaultRules rules;
  std::jthread held([&] { rules.hold_up(std::chrono::minutes(10)); });
  rules.let_go();
  held.join();  // the test's own time limit is the deadline
}

TEST(IndexLag, HidesForThatManyRequests) {
  IndexLag lag;
  lag.request_came();  // the one that makes it
  lag.hide("new", 2);
  for (const bool hidden : {true, true, false}) {
    lag.request_came();
    EXPECT_EQ(lag.hides("new"), hidden);
    EXPECT_FALSE(lag.hides("old"));
  }
  EXPECT_FALSE(lag.hides_any());
}

TEST(RequestCounts, CountsByRouteAndStatus) {
  RequestCounts counts;
  counts.count("GET", "sites/{site}/workbooks", 200);
  counts.count("GET", "sites/{site}/workbooks", 200);
  counts.count("GET", "sites/{site}/workbooks", 503);
  counts.count("BREW", "", 405);
  EXPECT_EQ(counts.to_json(),
            R"({"requests":4,"routes":[{"method":"GET","route":"sites/{site}/workbooks","count":3,)"
            R"("statuses":{"200":2,"503":1}},{"method":"OTHER","route":"","count":1,"statuses":{"405":1}}]})");
}

}  // namespace
}  // namespace tabferry::sim
