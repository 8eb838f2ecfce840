#include "backup/interrupted.h"

#include <gmock/gmock.h>

#include "backup/todo.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "store/dir_store.h"
#include "store/small.h"
#include "support/fake_clock.h"

namespace tabferry::backup {
namespace {

using std::chrono::seconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class InterruptedTest : public ::testing::Test {
 protected:
  // A run of so long in which the unit was under way at the end, since so long.
  void cut(const std::string& run, const std::string& unit, seconds worked, seconds under_way) {
    UnderWay units(clock_);
    units.begin("done before");
    units.end("done before");
    clock_.sleep_for(worked - under_way, {});
    units.begin(unit);
    clock_.sleep_for(under_way, {});
    units.write(store_, "s", run);
  }

  base::TempDir folder_{base::default_temp_parent()};
  store::DirStore store_{folder_.path() / "store", "file:///store/"};
  test::FakeClock clock_;
};

TEST_F(InterruptedTest, WhatHadItsTimeInTwoRunsIsGivenUp) {
  cut("a", "x", seconds(60), seconds(30));
  EXPECT_FALSE(is_given_up(read_interrupted(store_, "s"), "x"));
  cut("b", "x", seconds(60), seconds(59));
  const auto interrupted = read_interrupted(store_, "s");
  EXPECT_EQ(interrupted.at("x"), 2U);
  EXPECT_TRUE(is_given_up(interrupted, "x"));
  EXPECT_FALSE(is_given_up(interrupted, "y"));
  EXPECT_FALSE(interrupted.contains("done before"));
  EXPECT_TRUE(read_interrupted(store_, "another").empty());
}

TEST_F(InterruptedTest, WhatWasBegunLateHadNoTime) {
  for (const auto* run : {"a", "b", "c"}) cut(run, "x", seconds(60), seconds(29));
  const auto interrupted = read_interrupted(store_, "s");
  EXPECT_EQ(interrupted.at("x"), 0U);
  EXPECT_FALSE(is_given_up(interrupted, "x"));
}

TEST_F(InterruptedTest, TimeBeginsWhereTheWaitForMemoryEnds) {
  UnderWay units(clock_);
  units.begin("x");
  clock_.sleep_for(seconds(50), {});
  units.begin("x");
  clock_.sleep_for(seconds(10), {});
  units.write(store_, "s", "a");
  EXPECT_EQ(read_interrupted(store_, "s").at("x"), 0U);
}

TEST_F(InterruptedTest, NothingUnderWayIsNoObject) {
  UnderWay(clock_).write(store_, "s", "a");
  size_t objects = 0;
  store_.list("", [&](const store::Object&) { ++objects; });
  EXPECT_EQ(objects, 0U);
}

TEST_F(InterruptedTest, ForeignBytesAreRefused) {
  for (const auto* text : {"[]", "{\"units\": 3}", "{\"units\": [3]}", "{\"units\": [{\"milliseconds\": -1}]}", "{"}) {
    store::put_text(store_, "s.work/interrupted/x.json", text);
    EXPECT_THROW(read_interrupted(store_, "s"), base::Error) << text;
  }
}

TEST_F(InterruptedTest, WhatIsGivenUpNamesTheWayOut) {
  const auto receipt = given_up("workbooks/1");
  EXPECT_EQ(receipt.outcome, Receipt::Outcome::failed);
  EXPECT_EQ(receipt.unit, "workbooks/1");
  EXPECT_THAT(receipt.reason, HasSubstr("`tabferry backup` in the Fargate task"));
}

Unit unit(const std::string& id, uint64_t bytes) { return {.id = id, .listed_bytes = bytes}; }

Plan plan() {
  Plan plan;
  plan.units = {unit("small", 1),    unit("large", 9), unit("slow", 5),
                unit("hopeless", 7), unit("late", 2),  unit("done", 3)};
  return plan;
}

const Interrupted kInterrupted = {{"slow", 1}, {"hopeless", 2}, {"late", 0}, {"done", 2}};

Receipts receipts() {
  Receipts receipts;
  receipts["done"].outcome = Receipt::Outcome::done;
  receipts["hopeless"].outcome = Receipt::Outcome::failed;
  return receipts;
}

TEST(Todo, WhatWasCutComesFirstAndWhatIsHopelessNotAtAll) {
  const auto todo = todo_of(plan(), {.is_limited = true}, receipts(), kInterrupted);
  EXPECT_THAT(todo.units, ElementsAre(4, 1, 0));
  EXPECT_THAT(todo.slow, ElementsAre(2));
  EXPECT_THAT(todo.given_up, ElementsAre(3));
  EXPECT_EQ(todo.done, 1U);
  EXPECT_EQ(todo.left(), 4U);
}

TEST(Todo, WithoutALimitNothingIsGivenUp) {
  const auto todo = todo_of(plan(), {}, receipts(), {});
  EXPECT_THAT(todo.units, ElementsAre(1, 3, 2, 4, 0));
  EXPECT_TRUE(todo.slow.empty() && todo.given_up.empty());
}

TEST(Queue, AFewLanesDoTheSlowOnesAndTheOthersTheRest) {
  Todo todo;
  todo.slow = {7, 8, 9};
  todo.units = {1, 2};
  Queue queue(todo, 8);  // two lanes for the slow ones
  EXPECT_EQ(queue.next(0), 7U);
  EXPECT_EQ(queue.next(2), 1U);
  EXPECT_EQ(queue.next(1), 8U);
  EXPECT_EQ(queue.next(7), 2U);
  EXPECT_EQ(queue.next(7), std::nullopt);
  EXPECT_FALSE(queue.empty());
  EXPECT_EQ(queue.next(1), 9U);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.next(0), std::nullopt);
}

TEST(Queue, OneLaneDoesAll) {
  Todo todo;
  todo.slow = {7};
  todo.units = {1};
  Queue queue(todo, 1);
  EXPECT_EQ(queue.next(0), 7U);
  EXPECT_EQ(queue.next(0), 1U);
  EXPECT_TRUE(queue.empty());
}

}  // namespace
}  // namespace tabferry::backup
