// What every store promises to those who write. Included once in a program, by store_suite.h.
#pragma once

#include "contract/store/store_contract.h"

namespace tabferry::store {

TEST_P(StoreContract, NothingIsSeenBeforeItIsCommitted) {
  for (const std::string& bytes : {std::string("small"), pattern(bench_->large_bytes(), 5)}) {
    const auto sink = store_.create("new/a");
    sink->write(bytes);
    EXPECT_EQ(store_.stat("new/a"), std::nullopt);
    EXPECT_TRUE(keys("").empty());
    expect_error(Kind::not_found, "new/a", [&] { bytes_of("new/a"); });
    sink->commit();
    EXPECT_EQ(sink->object().size_bytes, bytes.size());
    EXPECT_EQ(objects(store_, ""), std::vector<Object>{sink->object()});
    EXPECT_EQ(store_.stat("new/a"), sink->object());
    EXPECT_TRUE(drain(*store_.open("new/a", {.if_match = sink->object().etag})) == bytes);
    remove({"new/a"});
  }
  EXPECT_TRUE(bench_->unfinished().empty());
}

TEST_P(StoreContract, WritesEverySizeKnownOrNot) {
  const size_t large = bench_->large_bytes();
  for (const size_t size : {size_t{0}, size_t{1}, size_t{100'000}, large / 2, large}) {
    const std::string bytes = pattern(size, static_cast<uint32_t>(size));
    create("known", bytes, {.size_bytes = size});
    EXPECT_TRUE(bytes_of("known") == bytes) << size;
    create("unknown", bytes);
    EXPECT_TRUE(bytes_of("unknown") == bytes) << size;
  }
  EXPECT_EQ(keys(""), (std::vector<std::string>{"known", "unknown"}));
}

TEST_P(StoreContract, AWrongSizeIsABugAndStoresNothing) {
  for (const size_t written : {size_t{0}, size_t{9}, size_t{11}, bench_->large_bytes()}) {
    const std::string bytes(written, 'x');
    expect_error(Kind::bug, "a", [&] { create("a", bytes, {.size_bytes = 10}); });
    expect_error(Kind::bug, "a", [&] { create("a", bytes, {.if_absent = true, .size_bytes = 10}); });
  }
  const size_t large = bench_->large_bytes();
  for (const size_t written : {large - 1, large + 1})
    expect_error(Kind::bug, "a", [&] { create("a", std::string(written, 'x'), {.size_bytes = large}); });
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(bench_->unfinished().empty()) << testing::PrintToString(bench_->unfinished());
}

TEST_P(StoreContract, WhatDiesUncommittedLeavesNothing) {
  bench_->put("there", "old");
  for (const std::string key : {"absent/a", "there"}) {
    store_.create(key);
    store_.create(key)->write("x");
    store_.create(key, {.size_bytes = bench_->large_bytes()})->write("x");
    const auto sink = store_.create(key);
    for (size_t size = 0; size < bench_->large_bytes(); size += 1 << 20) sink->write(std::string(1 << 20, 'x'));
  }
  EXPECT_EQ(keys(""), std::vector<std::string>{"there"});
  EXPECT_EQ(bytes_of("there"), "old");
  EXPECT_TRUE(bench_->unfinished().empty()) << testing::PrintToString(bench_->unfinished());
}

TEST_P(StoreContract, OverwritesInOneStep) {
  const Object first = create("a", "first");
  const auto sink = store_.create("a");
  sink->write("second");
  EXPECT_EQ(bytes_of("a"), "first");
  sink->commit();
  EXPECT_EQ(bytes_of("a"), "second");
  EXPECT_NE(sink->object().etag, first.etag);
  EXPECT_EQ(etag("a"), sink->object().etag);
  expect_conflict("a", [&] { drain(*store_.open("a", {.if_match = first.etag})); });
}

TEST_P(StoreContract, WritesOddKeys) {
  for (const auto& key : odd_keys()) create(key, "of " + key, {.if_absent = true});
  EXPECT_EQ(keys("odd/"), odd_keys());
  for (const auto& key : odd_keys()) {
    EXPECT_EQ(bytes_of(key), "of " + key);
    expect_conflict(key, [&] { create(key, "again", {.if_absent = true}); });
    const std::string to_key = "copies/" + key;
    const Object copy = store_.copy(store_.stat(key).value(), to_key);
    EXPECT_EQ(store_.stat(to_key), copy);
    EXPECT_EQ(bytes_of("copies/" + key), "of " + key);
  }
  remove(odd_keys());
  EXPECT_EQ(keys("odd/").size(), 0U);
}

TEST_P(StoreContract, RemovesWhatIsNamedAndNothingElse) {
  for (const char* key : {"a", "ab", "b/c", "b/cd"}) create(key, "x");
  remove({});
  remove({"absent", "absent/too", "b"});
  EXPECT_EQ(keys("").size(), 4U);
  remove({"a", "absent", "b/c"});
  EXPECT_EQ(keys(""), (std::vector<std::string>{"ab", "b/cd"}));
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  remove({"a", "ab", "b/cd"});
  EXPECT_TRUE(keys("").empty());
  create("a", "again", {.if_absent = true});
  EXPECT_EQ(bytes_of("a"), "again");
}

TEST_P(StoreContract, CopiesInside) {
  for (const size_t size : {size_t{0}, size_t{1000}, bench_->large_bytes()}) {
    const std::string bytes = pattern(size, 6);
    bench_->put("from", bytes);
    const Object from = store_.stat("from").value();
    const Object copy = store_.copy(from, "to/b");
    EXPECT_EQ(copy.key, "to/b");
    EXPECT_EQ(copy, store_.stat("to/b").value());
    EXPECT_TRUE(bytes_of("to/b") == bytes);
    EXPECT_EQ(store_.stat("from"), from) << "it is left as it is";
  }
}

}  // namespace tabferry::store
