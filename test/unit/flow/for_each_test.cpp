#include "flow/for_each.h"

#include <gmock/gmock.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <set>

#include "base/error.h"

namespace tabferry::flow {
namespace {

TEST(ForEach, DoesEachOnce) {
  std::mutex mutex;
  std::multiset<size_t> seen;
  std::set<size_t> lanes;
  for_each(1000, 7, {}, [&](size_t index, size_t lane, std::stop_token) {
    const std::lock_guard lock(mutex);
    seen.insert(index);
    lanes.insert(lane);
  });
  EXPECT_EQ(seen.size(), 1000U);
  for (size_t i = 0; i < 1000; ++i) EXPECT_EQ(seen.count(i), 1U);
  EXPECT_LT(*lanes.rbegin(), 7U);
}

TEST(ForEach, NothingToDoIsDone) {
  for_each(0, 4, {}, [](size_t, size_t, std::stop_token) { FAIL(); });
}

TEST(ForEach, TheFirstFailureStopsTheRestAndIsThrown) {
  std::atomic<size_t> begun = 0;
  try {
    for_each(100'000, 4, {}, [&](size_t index, size_t, std::stop_token) {
      ++begun;
      if (index == 5) base::fail(base::ErrorKind::io, "the fifth");
    });
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_STREQ(error.what(), "the fifth");
  }
  EXPECT_LT(begun, 100'000U);
}

TEST(ForEach, AFailureReachesThoseThatWait) {
  std::atomic<bool> waiting = false;
  EXPECT_THROW(for_each(2, 2, {},
                        [&](size_t index, size_t, std::stop_token stop) {
                          if (index == 0) {
                            waiting = true;
                            waiting.notify_all();
                            std::mutex mutex;
                            std::unique_lock lock(mutex);
                            std::condition_variable_any().wait(lock, stop, [] { return false; });
                          } else {
                            waiting.wait(false);
                            base::fail(base::ErrorKind::corrupt, "bad");
                          }
                        }),
               base::Error);
}

TEST(ForEach, AStopIsCancelled) {
  std::stop_source source;
  std::atomic<size_t> begun = 0;
  try {
    for_each(100'000, 4, source.get_token(), [&](size_t, size_t, std::stop_token) {
      if (++begun == 10) source.request_stop();
    });
    FAIL();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
  }
  EXPECT_LT(begun, 100'000U);
}

}  // namespace
}  // namespace tabferry::flow
