// What every store promises about conditions: who comes second is told, and changes nothing. Included once in a
// program, by store_suite.h.
#pragma once

#include <atomic>
#include <thread>

#include "contract/store/store_contract.h"

namespace tabferry::store {

TEST_P(StoreContract, CreatesOnlyWhereNothingIs) {
  const Object first = create("a/b", "first", {.if_absent = true});
  EXPECT_EQ(store_.stat("a/b"), first);
  expect_conflict("a/b", [&] { create("a/b", "second", {.if_absent = true}); });
  expect_conflict("a/b", [&] { create("a/b", "", {.if_absent = true, .size_bytes = 0}); });
  expect_conflict("a/b", [&] { create("a/b", pattern(bench_->large_bytes(), 7), {.if_absent = true}); });
  EXPECT_EQ(store_.stat("a/b"), first);
  EXPECT_EQ(bytes_of("a/b"), "first");
  EXPECT_TRUE(bench_->unfinished().empty());
}

TEST_P(StoreContract, CommitDecidesWhetherTheKeyWasTaken) {
  for (const size_t size : {size_t{10}, bench_->large_bytes()}) {
    const auto sink = store_.create("a", {.if_absent = true});
    sink->write(pattern(size, 8));
    bench_->put("a", "a stranger's");
    expect_conflict("a", [&] { sink->commit(); });
    EXPECT_EQ(bytes_of("a"), "a stranger's");
    bench_->remove("a");
  }
}

TEST_P(StoreContract, ReplacesOnlyWhatWasRead) {
  const Object first = create("a", "first");
  const Object second = create("a", "second", {.if_match = first.etag});
  EXPECT_EQ(store_.stat("a"), second);
  expect_conflict("a", [&] { create("a", "third", {.if_match = first.etag}); });
  EXPECT_EQ(bytes_of("a"), "second");
  const Object large = create("a", pattern(bench_->large_bytes(), 9), {.if_match = second.etag});
  expect_conflict("a", [&] { create("a", pattern(bench_->large_bytes(), 10), {.if_match = second.etag}); });
  EXPECT_EQ(store_.stat("a"), large);
  bench_->remove("a");
  expect_conflict("a", [&] { create("a", "fourth", {.if_match = large.etag}); });
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  EXPECT_TRUE(bench_->unfinished().empty());
}

TEST_P(StoreContract, CommitDecidesWhetherItIsStillTheSame) {
  bench_->put("a", "first");
  const auto replaced = store_.create("a", {.if_match = etag("a")});
  replaced->write("ours");
  bench_->put("a", "a stranger's");
  expect_conflict("a", [&] { replaced->commit(); });
  EXPECT_EQ(bytes_of("a"), "a stranger's");
  const auto removed = store_.create("a", {.if_match = etag("a")});
  removed->write("ours");
  bench_->remove("a");
  expect_conflict("a", [&] { removed->commit(); });
  EXPECT_EQ(store_.stat("a"), std::nullopt);
}

// How many of `width` threads succeed; the others must be told of a conflict (or, by a server that is busy with the
// winner, to come again).
inline int winners(int width, const std::function<void(int)>& step) {
  std::atomic<int> won = 0;
  std::vector<std::jthread> lanes;
  for (int i = 0; i < width; ++i)
    lanes.emplace_back([&, i] {
      try {
        step(i);
        ++won;
      } catch (const base::Error& error) {
        EXPECT_TRUE(error.kind() == base::ErrorKind::conflict || error.kind() == base::ErrorKind::transient)
            << error.what();
      }
    });
  lanes.clear();
  return won;
}

TEST_P(StoreContract, OfRacingCreatorsExactlyOneWins) {
  for (int round = 0; round < 10; ++round) {
    const std::string key = fmt::format("race/{}", round);
    std::atomic<int> winner = -1;
    EXPECT_EQ(winners(4, [&](int lane) {
      create(key, fmt::format("lane {}", lane), {.if_absent = true});
      winner = lane;
    }), 1);
    EXPECT_EQ(bytes_of(key), fmt::format("lane {}", winner.load()));
  }
  EXPECT_TRUE(bench_->unfinished().empty());
}

TEST_P(StoreContract, OfRacingReplacersExactlyOneWins) {
  std::string tag = create("a", "start").etag;
  for (int round = 0; round < 10; ++round) {
    std::atomic<int> winner = -1;
    EXPECT_EQ(winners(4, [&](int lane) {
      create("a", fmt::format("round {} lane {}", round, lane), {.if_match = tag});
      winner = lane;
    }), 1);
    EXPECT_EQ(bytes_of("a"), fmt::format("round {} lane {}", round, winner.load()));
    tag = etag("a");
  }
}

TEST_P(StoreContract, ACopyNeedsTheVersionThatWasNamed) {
  bench_->put("from", "old");
  const Object from = store_.stat("from").value();
  bench_->put("from", "new");
  expect_conflict("from", [&] { store_.copy(from, "to"); });
  bench_->remove("from");
  expect_conflict("from", [&] { store_.copy(from, "to"); });
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(bench_->unfinished().empty());
}

TEST_P(StoreContract, ACopyKeepsToTheConditionsOfItsTarget) {
  const Object from = create("from", "bytes");
  const Object first = store_.copy(from, "to", {.if_absent = true});
  expect_conflict("to", [&] { store_.copy(from, "to", {.if_absent = true}); });
  EXPECT_EQ(store_.stat("to"), first);
  const Object other = create("other", "others");
  const Object second = store_.copy(other, "to", {.if_match = first.etag});
  EXPECT_EQ(store_.stat("to"), second);
  expect_conflict("to", [&] { store_.copy(from, "to", {.if_match = first.etag}); });
  EXPECT_EQ(bytes_of("to"), "others");
  remove({"to"});
  expect_conflict("to", [&] { store_.copy(from, "to", {.if_match = second.etag}); });
  EXPECT_EQ(keys(""), (std::vector<std::string>{"from", "other"}));
}

}  // namespace tabferry::store
