// What every store promises to those who read. Included once in a program, by store_suite.h.
#pragma once

#include "contract/store/store_contract.h"

namespace tabferry::store {

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(keys("a/b").empty());
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  EXPECT_EQ(store_.stat("a/b c"), std::nullopt);
  expect_error(Kind::not_found, "a/b c", [&] { bytes_of("a/b c"); });
}

TEST_P(StoreContract, ListsByPrefixInByteOrder) {
  const std::vector<std::string> all = {"a-1", "a.1", "a/B", "a/b/c", "a/z", "a0", "b", "東京/é %41 ';].csv"};
  for (auto key = all.rbegin(); key != all.rend(); ++key) bench_->put(*key, "x");
  EXPECT_EQ(keys(""), all);
  EXPECT_EQ(keys("a/"), (std::vector<std::string>{"a/B", "a/b/c", "a/z"}));
  EXPECT_EQ(keys("a/b"), (std::vector<std::string>{"a/b/c"}));
  EXPECT_EQ(keys("a/b/c"), (std::vector<std::string>{"a/b/c"}));
  EXPECT_EQ(keys("a"), (std::vector<std::string>{"a-1", "a.1", "a/B", "a/b/c", "a/z", "a0"}));
  EXPECT_EQ(keys("東"), (std::vector<std::string>{"東京/é %41 ';].csv"}));
  EXPECT_TRUE(keys("a/b/c/").empty());
  EXPECT_TRUE(keys("c").empty());
}

TEST_P(StoreContract, ListsFoldersOnceEachAndNoMore) {
  for (const char* key : {"a.work/plan", "a/x/1", "a/x/2", "a/y", "b", "é %41/;/c"}) bench_->put(key, "x");
  EXPECT_EQ(store_.list_folders(""), (std::vector<std::string>{"a", "a.work", "é %41"}));
  EXPECT_EQ(store_.list_folders("a/"), std::vector<std::string>{"x"});
  EXPECT_EQ(store_.list_folders("é %41/"), std::vector<std::string>{";"});
  EXPECT_TRUE(store_.list_folders("a/x/").empty());
  EXPECT_TRUE(store_.list_folders("nowhere/").empty());
  EXPECT_EQ(store_.Store::list_folders(""), store_.list_folders("")) << "as the listing of all keys tells it";
  bench_->remove("a/y");
  remove({"a/x/1", "a/x/2"});
  EXPECT_EQ(store_.list_folders(""), (std::vector<std::string>{"a.work", "é %41"})) << "what holds nothing is none";
}

TEST_P(StoreContract, ListsMoreThanOnePageOfFolders) {
  std::vector<std::string> keys, folders;
  for (int i = 0; i < 1100; ++i) folders.push_back(fmt::format("f{:05}", i));
  for (const auto& folder : folders) keys.push_back(folder + "/x");
  bench_->put_many(keys);
  EXPECT_EQ(store_.list_folders(""), folders);
}

TEST_P(StoreContract, ListsAndRemovesMoreThanOnePage) {
  std::vector<std::string> all;
  for (int i = 0; i < 2500; ++i) all.push_back(fmt::format("many/{:05}", i));
  bench_->put_many(all);
  bench_->put("other", "stays");
  EXPECT_EQ(keys("many/"), all);
  auto gone = all;
  gone.resize(1001);
  for (int i = 0; i < 600; ++i) gone.push_back(fmt::format("many/absent-{}", i));
  remove(gone);
  EXPECT_EQ(keys("many/"), (std::vector<std::string>{all.begin() + 1001, all.end()}));
  remove(all);
  EXPECT_EQ(keys(""), std::vector<std::string>{"other"});
}

TEST_P(StoreContract, ReadsListsAndStatsOddKeys) {
  for (const auto& key : odd_keys()) bench_->put(key, "of " + key);
  EXPECT_EQ(keys("odd/"), odd_keys());
  for (const auto& object : objects(store_, "odd/")) {
    EXPECT_EQ(store_.stat(object.key), object);
    EXPECT_EQ(drain(*store_.open(object.key, {.if_match = object.etag})), "of " + object.key);
    EXPECT_EQ(keys(object.key), std::vector<std::string>{object.key}) << "as a prefix";
  }
}

TEST_P(StoreContract, ReadsWhatWasPut) {
  const std::string bytes = pattern(300'001, 1);
  bench_->put("a b/c", bytes);
  EXPECT_EQ(store_.stat("a b/c")->size_bytes, bytes.size());
  EXPECT_EQ(drain(*store_.open("a b/c"), 4096), bytes);
  EXPECT_EQ(drain(*store_.open("a b/c", {.if_match = etag("a b/c")}), 1 << 20), bytes);
  EXPECT_EQ(drain(*store_.open("a b/c", {.if_match = etag("a b/c"), .size_bytes = bytes.size()})), bytes);
}

TEST_P(StoreContract, ReadsAnEmptyObject) {
  bench_->put("empty", "");
  EXPECT_EQ(store_.stat("empty")->size_bytes, 0U);
  EXPECT_EQ(bytes_of("empty"), "");
  EXPECT_EQ(drain(*store_.open("empty", {.if_match = etag("empty"), .size_bytes = 0})), "");
}

TEST_P(StoreContract, ReadsALargeObject) {
  const std::string bytes = pattern(bench_->large_bytes(), 2);
  bench_->put("large", bytes);
  EXPECT_TRUE(drain(*store_.open("large"), 1 << 20) == bytes);
  EXPECT_TRUE(drain(*store_.open("large", {.if_match = etag("large"), .size_bytes = bytes.size()}), 999'983) == bytes);
}

TEST_P(StoreContract, ASourceMayBeDroppedAtAnyTime) {
  bench_->put("large", pattern(bench_->large_bytes(), 2));
  std::string block(10, '\0');
  for (int i = 0; i < 3; ++i) {
    store_.open("large");
    EXPECT_GT(store_.open("large")->read(block), 0U);
  }
}

TEST_P(StoreContract, SeveralAreReadAtOnce) {
  std::vector<std::unique_ptr<io::ByteSource>> sources;
  for (uint32_t i = 0; i < 8; ++i) bench_->put(fmt::format("o{}", i), pattern(100'000 + i, i));
  for (uint32_t i = 0; i < 8; ++i) sources.push_back(store_.open(fmt::format("o{}", i)));
  for (uint32_t i = 8; i-- > 0;) EXPECT_EQ(drain(*sources[i]), pattern(100'000 + i, i));
}

TEST_P(StoreContract, RefusesAnObjectThatWasReplaced) {
  bench_->put("a", "old");
  const auto tag = etag("a");
  bench_->put("a", "new");
  EXPECT_NE(etag("a"), tag);
  expect_conflict("a", [&] { drain(*store_.open("a", {.if_match = tag})); });
  expect_conflict("a", [&] { drain(*store_.open("a", {.if_match = tag, .size_bytes = 3})); });
}

TEST_P(StoreContract, RefusesAnObjectThatWasDeleted) {
  bench_->put("a", "old");
  const auto tag = etag("a");
  bench_->remove("a");
  expect_conflict("a", [&] { drain(*store_.open("a", {.if_match = tag})); });
}

TEST_P(StoreContract, NeverMixesTheBytesOfTwoVersions) {
  for (const size_t size : {size_t{100}, bench_->large_bytes()}) {
    const std::string old_bytes = pattern(size, 3);
    bench_->put("a", old_bytes);
    const auto source = store_.open("a", {.if_match = etag("a"), .size_bytes = size});
    std::string block(10, '\0');
    block.resize(source->read(block));
    bench_->put("a", pattern(size, 4));
    // A store that has the old version in hand may read on; then it is the old bytes to the end.
    try {
      EXPECT_TRUE(block + drain(*source) == old_bytes);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), Kind::conflict) << error.what();
    }
  }
}

// The store and this test run on one machine, whose clock both see; a store may tell whole seconds.
TEST_P(StoreContract, TellsTheTimeAndWhenEachObjectWasMade) {
  using namespace std::chrono_literals;
  const auto near = [](base::WallTime time) {
    const auto apart = time - base::system_clock().now();
    return apart > -60s && apart < 60s;
  };
  EXPECT_TRUE(near(store_.now())) << base::iso_time(store_.now());
  const auto began = store_.now();
  bench_->put("put", "a stranger's");
  const Object made = create("made", "ours");
  const Object copy = store_.copy(made, "copy");
  for (const auto& object : objects(store_, "")) {
    EXPECT_TRUE(near(object.modified_at)) << object.key << " " << base::iso_time(object.modified_at);
    EXPECT_GE(object.modified_at, began - 1s) << object.key;
    EXPECT_LE(object.modified_at, store_.now() + 1s) << object.key;
    EXPECT_EQ(store_.stat(object.key)->modified_at, object.modified_at) << object.key;
    for (const auto& ours : {made, copy}) {
      if (ours.key == object.key && ours.modified_at != base::WallTime{}) {
        EXPECT_EQ(ours.modified_at, object.modified_at) << object.key;
      }
    }
  }
  EXPECT_GE(store_.now(), began - 1s) << "time goes on";
}

TEST_P(StoreContract, NamesAreUrls) { EXPECT_EQ(store_.url("a b/é%41"), bench_->url_prefix() + "a b/é%41"); }

}  // namespace tabferry::store
