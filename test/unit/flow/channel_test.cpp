// Channel and Lane: what is pushed comes out once and in order, and no end makes anybody wait for ever.
#include "flow/channel.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <numeric>
#include <stdexcept>
#include <vector>

#include "flow/lane.h"

namespace tabferry::flow {
namespace {

TEST(Channel, HandsOnInOrderAndEnds) {
  Channel<int> channel(2);
  std::vector<int> got;
  Lane reader([&] {
    while (const auto item = channel.pop()) got.push_back(*item);
  });
  for (int i = 0; i < 1000; ++i) ASSERT_TRUE(channel.push(i));
  channel.close();
  reader.join();
  std::vector<int> all(1000);
  std::iota(all.begin(), all.end(), 0);
  EXPECT_EQ(got, all);
  EXPECT_FALSE(channel.push(1)) << "closed stays closed";
  EXPECT_EQ(channel.pop(), std::nullopt);
}

TEST(Channel, HoldsNoMoreThanItsCapacity) {
  Channel<int> channel(3);
  std::atomic<int> pushed = 0;
  Lane writer([&] {
    while (channel.push(1)) ++pushed;
  });
  int popped = 0;
  for (; popped < 500; ++popped) {
    ASSERT_TRUE(channel.pop());
    EXPECT_LE(pushed, popped + 1 + 3 + 1);   // the one that is being counted may lag
  }
  channel.abandon();
  writer.join();
}

TEST(Channel, TakesWithoutWaiting) {
  Channel<int> channel(2);
  EXPECT_EQ(channel.try_pop(), std::nullopt);
  ASSERT_TRUE(channel.push(7));
  EXPECT_EQ(channel.try_pop(), 7);
  EXPECT_EQ(channel.try_pop(), std::nullopt);
}

TEST(Channel, ManyLanesLoseAndDoubleNothing) {
  constexpr int kLanes = 4, kEach = 2000;
  Channel<int> channel(8);
  std::atomic<int64_t> sum = 0, count = 0;
  {
    std::vector<std::unique_ptr<Lane>> readers, writers;
    for (int lane = 0; lane < kLanes; ++lane) {
      readers.push_back(std::make_unique<Lane>([&] {
        while (const auto item = channel.pop()) sum += *item, ++count;
      }));
      writers.push_back(std::make_unique<Lane>([&, lane] {
        for (int i = 0; i < kEach; ++i) channel.push(lane * kEach + i);
      }));
    }
    for (auto& writer : writers) writer->join();
    channel.close();
  }
  constexpr int64_t kAll = int64_t{kLanes} * kEach;
  EXPECT_EQ(count, kAll);
  EXPECT_EQ(sum, kAll * (kAll - 1) / 2);
}

TEST(Channel, AbandoningWakesTheWriterAndDropsWhatWaits) {
  Channel<int> channel(1);
  ASSERT_TRUE(channel.push(1));
  bool taken = true;
  Lane writer([&] { taken = channel.push(2); });
  channel.abandon();
  writer.join();
  EXPECT_FALSE(taken);
  EXPECT_EQ(channel.pop(), std::nullopt);
}

TEST(Channel, AStopEndsBothWaits) {
  Channel<int> full(1), empty(1);
  ASSERT_TRUE(full.push(1));
  std::stop_source stop;
  bool pushed = true;
  std::optional<int> popped = 1;
  Lane writer([&] { pushed = full.push(2, stop.get_token()); });
  Lane reader([&] { popped = empty.pop(stop.get_token()); });
  stop.request_stop();
  writer.join();
  reader.join();
  EXPECT_FALSE(pushed);
  EXPECT_EQ(popped, std::nullopt);
}

TEST(Lane, HandsOverItsFailure) {
  Lane lane([] { throw std::runtime_error("on purpose"); });
  EXPECT_THAT([&] { lane.join(); }, testing::ThrowsMessage<std::runtime_error>("on purpose"));
  EXPECT_THROW(lane.join(), std::runtime_error) << "may be joined twice";
  lane.wait();
}

TEST(Lane, ThatDiesUnjoinedWaits) {
  bool done = false;
  { const Lane lane([&] { done = true; }); }
  EXPECT_TRUE(done);
}

}  // namespace
}  // namespace tabferry::flow
