// What every store promises; each kind of store runs the whole suite. (A directory is the first kind.)
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

#include <fstream>
#include <functional>

#include "base/error.h"
#include "base/tempdir.h"
#include "store/dir_store.h"

namespace fs = std::filesystem;

namespace tabferry::store {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

// A store under test, and how a stranger changes what is in it.
class Bench {
 public:
  virtual ~Bench() = default;
  virtual const Store& store() const = 0;
  virtual void put(const std::string& key, const std::string& bytes) = 0;
  virtual void remove(const std::string& key) = 0;
};

class DirBench : public Bench {
 public:
  const Store& store() const override { return store_; }
  void put(const std::string& key, const std::string& bytes) override {
    fs::create_directories((root_ / key).parent_path());
    const fs::path fresh = root_ / (key + ".new");
    std::ofstream(fresh, std::ios::binary) << bytes;
    fs::rename(fresh, root_ / key);
  }
  void remove(const std::string& key) override { fs::remove(root_ / key); }
  const fs::path& root() const { return root_; }

 private:
  base::TempDir temp_{base::default_temp_parent()};
  fs::path root_ = temp_.path() / "bucket";
  DirStore store_{root_, "s3://bucket/"};
};

class StoreContract : public testing::TestWithParam<std::function<std::unique_ptr<Bench>()>> {
 protected:
  std::unique_ptr<Bench> bench_ = GetParam()();
  const Store& store_ = bench_->store();

  std::vector<std::string> keys(std::string_view prefix) {
    std::vector<std::string> found;
    store_.list(prefix, [&](const ObjectInfo& object) { found.push_back(object.key); });
    return found;
  }
  static std::string drain(io::ByteSource& source, size_t block_size) {
    std::string all, block(block_size, '\0');
    while (const size_t got = source.read(block)) all.append(block, 0, got);
    EXPECT_EQ(source.read(block), 0U) << "the end stays the end";
    return all;
  }
  std::string etag(const std::string& key) { return store_.stat(key)->etag; }
};

TEST_P(StoreContract, AnEmptyStoreHasNothing) {
  EXPECT_TRUE(keys("").empty());
  EXPECT_TRUE(keys("a/b").empty());
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  EXPECT_THAT([&] { store_.open("a"); }, ThrowsMessage<base::Error>(HasSubstr("'")));
}

TEST_P(StoreContract, ListsByPrefixInByteOrder) {
  for (const char* key : {"b", "a/z", "a/b/c", "a-1", "a/B", "東京/é %41 ';].csv"}) bench_->put(key, "x");
  EXPECT_EQ(keys(""), (std::vector<std::string>{"a-1", "a/B", "a/b/c", "a/z", "b", "東京/é %41 ';].csv"}));
  EXPECT_EQ(keys("a/"), (std::vector<std::string>{"a/B", "a/b/c", "a/z"}));
  EXPECT_EQ(keys("a/b"), (std::vector<std::string>{"a/b/c"}));
  EXPECT_EQ(keys("a"), (std::vector<std::string>{"a-1", "a/B", "a/b/c", "a/z"}));
  EXPECT_EQ(keys("東"), (std::vector<std::string>{"東京/é %41 ';].csv"}));
}

TEST_P(StoreContract, ListsMoreThanOnePage) {
  for (int i = 0; i < 2500; ++i) bench_->put(fmt::format("many/{:05}", i), "");
  EXPECT_EQ(keys("many/").size(), 2500U);
}

TEST_P(StoreContract, ReadsWhatWasPut) {
  std::string bytes(300'001, '\0');
  for (size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(i * 31 + i / 256);
  bench_->put("a b/c", bytes);
  EXPECT_EQ(store_.stat("a b/c")->size_bytes, bytes.size());
  EXPECT_EQ(drain(*store_.open("a b/c"), 4096), bytes);
  EXPECT_EQ(drain(*store_.open("a b/c", {.if_match = etag("a b/c")}), 1 << 20), bytes);
  bench_->put("empty", "");
  EXPECT_EQ(drain(*store_.open("empty"), 10), "");
}

TEST_P(StoreContract, ListAndStatGiveTheSameTag) {
  bench_->put("a", "x");
  store_.list("", [&](const ObjectInfo& object) { EXPECT_EQ(object.etag, etag("a")); });
}

TEST_P(StoreContract, RefusesAnObjectThatWasReplaced) {
  bench_->put("a", "old");
  const auto tag = etag("a");
  bench_->put("a", "new");
  EXPECT_THAT([&] { drain(*store_.open("a", {.if_match = tag}), 10); }, ThrowsMessage<base::Error>(HasSubstr("was replaced")));
}

TEST_P(StoreContract, RefusesAnObjectThatIsReplacedWhileItIsRead) {
  bench_->put("a", std::string(100, 'o'));
  const auto source = store_.open("a", {.if_match = etag("a")});
  std::string block(10, '\0');
  EXPECT_EQ(source->read(block), 10U);
  bench_->put("a", std::string(100, 'n'));
  // A store that pins the version it opened may read on; then it must be the old bytes to the end.
  try {
    EXPECT_EQ(drain(*source, 10), std::string(90, 'o'));
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::conflict);
  }
}

TEST_P(StoreContract, RefusesAnObjectThatWasDeleted) {
  bench_->put("a", "old");
  const auto tag = etag("a");
  bench_->remove("a");
  EXPECT_THAT([&] { drain(*store_.open("a", {.if_match = tag}), 10); }, ThrowsMessage<base::Error>(HasSubstr("deleted")));
}

TEST_P(StoreContract, NamesAreUrls) { EXPECT_EQ(store_.url("a b/é%41"), "s3://bucket/a b/é%41"); }

INSTANTIATE_TEST_SUITE_P(Dir, StoreContract, testing::Values([] { return std::make_unique<DirBench>(); }));

// Of a directory alone.
TEST(DirStore, SeesAppendingAndInPlaceWriting) {
  DirBench bench;
  bench.put("a", std::string(100, 'o'));
  const auto source = bench.store().open("a", {.if_match = bench.store().stat("a")->etag});
  std::string block(10, '\0');
  ASSERT_EQ(source->read(block), 10U);
  std::ofstream(bench.root() / "a", std::ios::app) << "more";
  EXPECT_THAT([&] { while (source->read(block) > 0) {} }, ThrowsMessage<base::Error>(HasSubstr("changed")));
}

TEST(DirStore, SeesDeletionAtTheEnd) {
  DirBench bench;
  bench.put("a", "xyz");
  const auto source = bench.store().open("a");
  bench.remove("a");
  std::string block(10, '\0');
  EXPECT_THAT([&] { while (source->read(block) > 0) {} }, ThrowsMessage<base::Error>(HasSubstr("deleted")));
}

TEST(DirStore, ListsNothingTwiceThroughALink) {
  DirBench bench;
  bench.put("a/b.csv", "x");
  fs::create_directory_symlink(".", bench.root() / "a" / "loop");
  fs::create_directory_symlink(bench.root(), bench.root() / "a" / "up");
  std::vector<std::string> keys;
  bench.store().list("", [&](const ObjectInfo& object) { keys.push_back(object.key); });
  EXPECT_EQ(keys.size(), 1U) << testing::PrintToString(keys);
}

TEST(DirStore, WhatCannotBeReadIsListedAndRefusedNotSkipped) {
  DirBench bench;
  bench.put("a/good", "x");
  fs::create_symlink("nowhere", bench.root() / "a" / "dangling");
  ASSERT_EQ(::mkfifo((bench.root() / "a" / "pipe").c_str(), 0600), 0);
  std::vector<ObjectInfo> found;
  bench.store().list("a/", [&](const ObjectInfo& object) { found.push_back(object); });
  ASSERT_EQ(found.size(), 3U);
  EXPECT_THROW(bench.store().open("a/dangling", {.if_match = found[0].etag}), base::Error);
  EXPECT_THAT([&] { bench.store().open("a/pipe", {.if_match = found[2].etag}); }, ThrowsMessage<base::Error>(HasSubstr("pipe or a device")));
}

TEST(DirStore, StaysInItsRoot) {
  const DirBench bench;
  EXPECT_THROW(bench.store().open("../x"), base::Error);
  EXPECT_THROW(bench.store().open("/etc/passwd"), base::Error);
  EXPECT_THROW(bench.store().stat("a/../../x"), base::Error);
}

TEST(DirStore, SaysThatAFolderIsNoObject) {
  DirBench bench;
  bench.put("a/b", "x");
  EXPECT_EQ(bench.store().stat("a"), std::nullopt);
  EXPECT_THROW(bench.store().open("a"), base::Error);
}

}  // namespace
}  // namespace tabferry::store
