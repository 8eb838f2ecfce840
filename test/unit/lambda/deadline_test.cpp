#include "lambda/deadline.h"

#include <gtest/gtest.h>

#include <condition_variable>
#include <mutex>

namespace tabferry::lambda {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Margin, IsFifteenSecondsOrMoreAndAQuarterAtMost) {
  EXPECT_EQ(margin_of(minutes(15)), seconds(45));
  EXPECT_EQ(margin_of(minutes(2)), seconds(15));
  EXPECT_EQ(margin_of(seconds(60)), seconds(15));
  EXPECT_EQ(margin_of(seconds(4)), seconds(1));
  EXPECT_EQ(margin_of(milliseconds(0)), milliseconds(0));
  EXPECT_EQ(margin_of(seconds(-3)), milliseconds(0));
}

// Waits until it is requested; the test's own time limit is the end of one that never is.
void wait_for(const std::stop_token& token) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  changed.wait(lock, token, [] { return false; });
}

TEST(Deadline, ComesBeforeTheEnd) {
  const auto& clock = base::system_clock();
  const auto ends = clock.now() + milliseconds(200);
  const Deadline deadline(ends, clock, {});
  EXPECT_TRUE(deadline.up().stop_possible());
  wait_for(deadline.stop());
  EXPECT_TRUE(deadline.up().stop_requested());
  EXPECT_LT(clock.now(), ends + seconds(5));
}

TEST(Deadline, OneThatHasPassedIsUpAtOnce) {
  const Deadline deadline(base::system_clock().now() - seconds(9), base::system_clock(), {});
  wait_for(deadline.stop());
  EXPECT_TRUE(deadline.up().stop_requested());
}

TEST(Deadline, TheProgramsEndIsNoDeadline) {
  std::stop_source program;
  const Deadline deadline(base::system_clock().now() + minutes(15), base::system_clock(), program.get_token());
  program.request_stop();
  EXPECT_TRUE(deadline.stop().stop_requested());
  EXPECT_FALSE(deadline.up().stop_requested());
}

TEST(Deadline, WithoutAnEndThereIsNone) {
  const Deadline deadline(std::nullopt, base::system_clock(), {});
  EXPECT_FALSE(deadline.up().stop_possible());
  EXPECT_FALSE(deadline.stop().stop_requested());
}

}  // namespace
}  // namespace tabferry::lambda
