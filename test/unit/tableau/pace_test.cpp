#include "tableau/pace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "base/error.h"
#include "support/fake_clock.h"

namespace tabferry::tableau {
namespace {

using namespace std::chrono_literals;
using test::FakeClock;

constexpr http::Pace::Ending kWell{}, kTrouble{.troubled = true};

class Pacing : public ::testing::Test {
 protected:
  void go(Pace& pace, const http::Pace::Ending& ending = kWell) {
    pace.before({});
    pace.after(ending);
  }
  FakeClock clock;
};

TEST_F(Pacing, WithoutABudgetNothingWaits) {
  Pace pace({}, clock);
  for (int i = 0; i < 10'000; ++i) go(pace);
  EXPECT_TRUE(clock.slept().empty());
  EXPECT_EQ(pace.requests(), 10'000U);
}

TEST_F(Pacing, NoHourSeesMoreThanTheBudget) {
  Pace pace({.requests_per_hour = 1000}, clock);
  std::vector<base::SteadyTime> times;
  for (int i = 0; i < 4000; ++i) {
    go(pace);
    times.push_back(clock.steady_now());
  }
  for (size_t i = 1000; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1000], 1h - 5s) << i;
  EXPECT_EQ(times[99], times[0]) << "a tenth goes out at once";
  EXPECT_GT(times[100], times[0]);
  EXPECT_LT(times[3999] - times[0], 4h + 30min) << "nine tenths at least are used";
}

TEST_F(Pacing, ARetryAfterHoldsAll) {
  Pace pace({}, clock);
  go(pace, {.troubled = true, .retry_after = 30s});
  go(pace);
  ASSERT_EQ(clock.slept().size(), 1U);
  EXPECT_EQ(clock.slept()[0], 30s);
  go(pace);
  EXPECT_EQ(clock.slept().size(), 1U);
}

TEST_F(Pacing, TheWidthGrowsByTheSecondAndShrinksWithTrouble) {
  Pace pace({.lanes = 32}, clock);
  EXPECT_EQ(pace.width(), 8);
  clock.sleep_for(1s, {});
  go(pace);
  EXPECT_EQ(pace.width(), 16);
  clock.sleep_for(5s, {});
  go(pace);
  EXPECT_EQ(pace.width(), 32);
  for (int i = 0; i < 5; ++i) go(pace, kTrouble);
  EXPECT_EQ(pace.width(), 16) << "one halving a second";
  for (const int width : {16, 8, 8, 4, 4, 2, 2, 1, 1, 1}) {  // it does not end: every half second
    clock.sleep_for(500ms, {});
    go(pace, kTrouble);
    EXPECT_EQ(pace.width(), width);
  }
  clock.sleep_for(2s, {});
  go(pace);
  EXPECT_EQ(pace.width(), 4);
}

TEST_F(Pacing, AtAWellSiteTheWidthGrowsByRounds) {
  Pace pace({.lanes = 32}, clock);
  const auto round = [&](int requests) {
    clock.sleep_for(200ms, {});
    for (int i = 0; i < requests; ++i) go(pace);
    return pace.width();
  };
  EXPECT_EQ(round(7), 8) << "not all of a round yet";
  EXPECT_EQ(round(1), 16);
  EXPECT_EQ(round(16), 32);
  go(pace, kTrouble);
  EXPECT_EQ(pace.width(), 16);
  EXPECT_EQ(round(100), 16) << "behind trouble it takes a second";
}

TEST_F(Pacing, TheWidthIsNeverMoreThanTheLanes) {
  Pace pace({.lanes = 3}, clock);
  EXPECT_EQ(pace.width(), 3);
  Pace one({.lanes = 0}, clock);
  EXPECT_EQ(one.width(), 1);
}

TEST(PacingThreads, NoMoreThanTheWidthAreOnTheirWay) {
  Pace pace({.lanes = 4}, base::system_clock());
  std::atomic<int> on_their_way = 0, most = 0;
  {
    std::vector<std::jthread> lanes;
    for (int lane = 0; lane < 12; ++lane)
      lanes.emplace_back([&] {
        for (int i = 0; i < 200; ++i) {
          pace.before({});
          const int now = ++on_their_way;
          for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) continue;
          std::this_thread::yield();
          --on_their_way;
          pace.after(kWell);
        }
      });
  }
  EXPECT_LE(most, 4);
  EXPECT_GE(most, 2);
  EXPECT_EQ(pace.requests(), 2400U);
}

TEST(PacingThreads, AStopEndsTheWaitForAPlace) {
  Pace pace({.lanes = 1}, base::system_clock());
  pace.before({});
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });
  try {
    pace.before(stop.get_token());
    ADD_FAILURE() << "there was no place";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
  }
  pace.after(kWell);
  pace.before({});
  pace.after(kWell);
}

}  // namespace
}  // namespace tabferry::tableau
