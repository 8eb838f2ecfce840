// A directory as a store: the suite of all stores, and what is a directory's alone.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <fstream>

#include "base/fd.h"
#include "base/tempdir.h"
#include "contract/store/store_suite.h"
#include "io/file_sink.h"
#include "store/dir_store.h"
#include "store/prefix_store.h"
#include "support/fake_clock.h"

namespace fs = std::filesystem;

namespace tabferry::store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class DirBench : public Bench {
 public:
  const Store& store() const override { return store_; }
  void put(const std::string& key, const std::string& bytes) override {
    fs::create_directories((root_ / key).parent_path());
    const fs::path fresh = temp_.path() / "fresh";
    std::ofstream(fresh, std::ios::binary) << bytes;
    fs::rename(fresh, root_ / key);
  }
  void remove(const std::string& key) override { fs::remove(root_ / key); }
  std::vector<std::string> unfinished() const override {
    std::vector<std::string> found;
    if (!fs::exists(root_)) return found;
    for (const auto& entry : fs::recursive_directory_iterator(root_))
      if (entry.path().filename().string().starts_with(io::kPassingPrefix)) found.push_back(entry.path());
    return found;
  }
  size_t large_bytes() const override { return (size_t{3} << 20) + 17; }
  const fs::path& root() const { return root_; }

 private:
  base::TempDir temp_{base::default_temp_parent()};
  fs::path root_ = temp_.path() / "bucket";
  DirStore store_{root_, "s3://bucket/"};
};

INSTANTIATE_STORE_SUITE(Dir, [] { return std::make_unique<DirBench>(); });

// A folder of the directory, as a store of its own.
class PrefixBench : public Bench {
 public:
  const Store& store() const override { return store_; }
  void put(const std::string& key, const std::string& bytes) override { whole_.put(kPrefix + key, bytes); }
  void remove(const std::string& key) override { whole_.remove(kPrefix + key); }
  std::vector<std::string> unfinished() const override { return whole_.unfinished(); }
  std::string url_prefix() const override { return whole_.url_prefix() + kPrefix; }
  size_t large_bytes() const override { return whole_.large_bytes(); }

 private:
  static inline const std::string kPrefix = "tableau/nightly/";
  DirBench whole_;
  PrefixStore store_{std::shared_ptr<const Store>(&whole_.store(), [](const Store*) {}), kPrefix};
};

INSTANTIATE_STORE_SUITE(Prefix, [] { return std::make_unique<PrefixBench>(); });

class DirStoreTest : public testing::Test {
 protected:
  std::vector<std::string> keys(std::string_view prefix = "") const {
    std::vector<std::string> found;
    store_.list(prefix, [&](const Object& object) { found.push_back(object.key); });
    return found;
  }
  void write(const std::string& key, std::string_view bytes, const CreateOptions& options = {}) const {
    const auto sink = store_.create(key, options);
    sink->write(bytes);
    sink->commit();
  }
  std::string read(const std::string& key) const {
    std::string block(1000, '\0');
    block.resize(store_.open(key)->read(block));
    return block;
  }

  DirBench bench_;
  const Store& store_ = bench_.store();
};

TEST_F(DirStoreTest, SeesAppendingAndInPlaceWriting) {
  bench_.put("a", std::string(100, 'o'));
  const auto source = store_.open("a", {.if_match = store_.stat("a")->etag});
  std::string block(10, '\0');
  ASSERT_EQ(source->read(block), 10U);
  std::ofstream(bench_.root() / "a", std::ios::app) << "more";
  EXPECT_THAT([&] { while (source->read(block) > 0) {} }, ThrowsMessage<base::Error>(HasSubstr("changed")));
}

TEST_F(DirStoreTest, SeesDeletionAtTheEnd) {
  bench_.put("a", "xyz");
  const auto source = store_.open("a");
  bench_.remove("a");
  std::string block(10, '\0');
  EXPECT_THAT([&] { while (source->read(block) > 0) {} }, ThrowsMessage<base::Error>(HasSubstr("deleted")));
}

TEST_F(DirStoreTest, ListsNothingTwiceThroughALink) {
  bench_.put("a/b.csv", "x");
  bench_.put("top.csv", "x");
  fs::create_directory_symlink(".", bench_.root() / "a" / "loop");
  fs::create_directory_symlink(bench_.root(), bench_.root() / "a" / "up");
  EXPECT_THAT(keys(), ElementsAre("a/b.csv", "top.csv"));
}

TEST_F(DirStoreTest, ListsAFolderUnderItsRealNameThenUnderTheFirstLink) {
  bench_.put("z/real.csv", "x");
  fs::create_directory_symlink("z", bench_.root() / "a");
  EXPECT_THAT(keys(), ElementsAre("z/real.csv"));
  EXPECT_THAT(keys("a/"), ElementsAre("a/real.csv")) << "who asks for the link gets it";
}

TEST_F(DirStoreTest, RemovesNothingWhereALinkLeadsOut) {
  const base::TempDir temp(base::default_temp_parent());
  const fs::path other = temp.path() / "other";
  fs::create_directory(other);
  std::ofstream(other / "precious") << "x";
  bench_.put("a/own", "x");
  bench_.put("b/own", "x");
  fs::create_directory_symlink(other, bench_.root() / "a" / "out");
  fs::create_directory_symlink(bench_.root() / "b", bench_.root() / "a" / "in");
  EXPECT_THAT(keys("a/"), ElementsAre("a/in/own", "a/out/precious", "a/own")) << "to read, links are followed";
  EXPECT_THAT([&] { store_.remove(std::vector<std::string>{"a/out/precious", "a/own", "a/in/own"}); },
              ThrowsMessage<base::Error>(HasSubstr("a link that leads out of the store")));
  EXPECT_TRUE(fs::exists(other / "precious"));
  EXPECT_FALSE(fs::exists(bench_.root() / "a" / "own") || fs::exists(bench_.root() / "b" / "own"));
}

TEST_F(DirStoreTest, FoldersThatBecomeEmptyGoAndTheRootStays) {
  for (const auto* key : {"a/b/c", "a/b/d", "a/e", "f/g/h"}) bench_.put(key, "x");
  store_.remove(std::vector<std::string>{"a/b/c", "a/b/d", "f/g/h"});
  EXPECT_TRUE(!fs::exists(bench_.root() / "a" / "b") && !fs::exists(bench_.root() / "f"));
  EXPECT_THAT(keys(), ElementsAre("a/e"));
  store_.remove(std::vector<std::string>{"a/e"});
  EXPECT_FALSE(fs::exists(bench_.root() / "a"));
  EXPECT_TRUE(fs::exists(bench_.root()));
}

TEST_F(DirStoreTest, WhatCannotBeReadIsListedAndRefusedNotSkipped) {
  bench_.put("a/good", "x");
  fs::create_symlink("nowhere", bench_.root() / "a" / "dangling");
  ASSERT_EQ(::mkfifo((bench_.root() / "a" / "pipe").c_str(), 0600), 0);
  std::vector<Object> found;
  store_.list("a/", [&](const Object& object) { found.push_back(object); });
  ASSERT_EQ(found.size(), 3U);
  EXPECT_THROW(store_.open("a/dangling", {.if_match = found[0].etag}), base::Error);
  EXPECT_THAT([&] { store_.open("a/pipe", {.if_match = found[2].etag}); },
              ThrowsMessage<base::Error>(HasSubstr("pipe or a device")));
}

TEST_F(DirStoreTest, StaysInItsRoot) {
  using std::string_literals::operator""s;
  for (const std::string& key : {"../x"s, "/etc/passwd"s, "a/../../x"s, ""s, "a/./b"s, "a\0b"s}) {
    EXPECT_THROW(store_.open(key), base::Error) << key;
    EXPECT_THROW(store_.stat(key), base::Error) << key;
    EXPECT_THROW(store_.create(key), base::Error) << key;
    EXPECT_THROW(store_.remove(std::vector<std::string>{"a", key}), base::Error) << key;
  }
}

TEST_F(DirStoreTest, KeysThatWouldBeReadAsOthersAreNotWritten) {
  for (const std::string key : {"a//b", "a/"})
    EXPECT_THAT([&] { store_.create(key); }, ThrowsMessage<base::Error>(HasSubstr("part of it is empty"))) << key;
}

TEST_F(DirStoreTest, ItsOwnFilesAreNoObjects) {
  write("a/b", "one");
  write("a/b", "two", {.if_match = store_.stat("a/b")->etag});
  bench_.put("a/.tabferry-tmp-0123456789abcdef", "left by a killed run");
  EXPECT_THAT(keys(), ElementsAre("a/b"));
  EXPECT_THROW(store_.create(".tabferry-lock"), base::Error);
  EXPECT_THROW(store_.open("a/.tabferry-tmp-0123456789abcdef"), base::Error);
}

TEST_F(DirStoreTest, SaysThatAFolderIsNoObject) {
  bench_.put("a/b", "x");
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  EXPECT_THROW(store_.open("a"), base::Error);
  EXPECT_THAT([&] { write("a", "x"); }, ThrowsMessage<base::Error>(HasSubstr("s3://bucket/a")));
  EXPECT_THAT([&] { write("a/b/c", "x"); }, ThrowsMessage<base::Error>(HasSubstr("s3://bucket/a/b/c")));
  store_.remove(std::vector<std::string>{"a"});
  EXPECT_THAT(keys(), ElementsAre("a/b"));
}

TEST_F(DirStoreTest, AbortsWhatKilledWritersLeftAndNoLivingOnes) {
  bench_.put("a/b", "x");
  bench_.put("a/.tabferry-tmp-0123456789abcdef", "of a killed run");
  bench_.put("c/d/.tabferry-tmp-0123456789abcdef", "of a killed run");
  const auto living = bench_.root() / "a" / ".tabferry-tmp-00000000000000aa";
  std::ofstream(living) << "of a living one";
  const base::Fd held(::open(living.c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(held.get(), LOCK_EX | LOCK_NB), 0);
  const auto at_once = std::chrono::hours(-1);
  EXPECT_EQ(store_.abort_uploads("", std::chrono::hours(1)), 0U) << "young";
  EXPECT_EQ(store_.abort_uploads("a/", at_once), 1U);
  EXPECT_EQ(store_.abort_uploads("", at_once), 1U);
  EXPECT_EQ(store_.abort_uploads("nowhere/", at_once), 0U);
  EXPECT_THAT(bench_.unfinished(), ElementsAre(living.string()));
  EXPECT_THAT(keys(), ElementsAre("a/b"));
}

TEST_F(DirStoreTest, GoesByTheClockThatItWasGiven) {
  const test::FakeClock clock;
  EXPECT_EQ(DirStore(bench_.root(), "file:///", clock).now(), clock.now());
}

TEST_F(DirStoreTest, HasNoObjectLock) {
  EXPECT_THAT([&] { store_.create("a", {.locked_until = base::WallTime{}}); },
              ThrowsMessage<base::Error>(HasSubstr("Object Lock")));
}

TEST_F(DirStoreTest, ALinkIsReplacedNotFollowed) {
  bench_.put("real", "real");
  fs::create_symlink("real", bench_.root() / "link");
  fs::create_symlink("nowhere", bench_.root() / "dangling");
  write("link", "new");
  EXPECT_EQ(read("real"), "real");
  EXPECT_EQ(read("link"), "new");
  EXPECT_THAT([&] { write("dangling", "x", {.if_absent = true}); },
              ThrowsMessage<base::Error>(HasSubstr("there already")));
}

TEST_F(DirStoreTest, TellsWhatItCouldNotRemoveAndRemovesTheRest) {
  for (const char* key : {"a", "d"}) write(key, "x");
  fs::create_symlink("loop", bench_.root() / "loop");   // what not even root gets through
  EXPECT_THAT([&] { store_.remove(std::vector<std::string>{"a", "loop/b", "loop/c", "d"}); },
              ThrowsMessage<base::Error>(testing::AllOf(HasSubstr("2 of 4 objects"), HasSubstr("s3://bucket/loop/b"))));
  EXPECT_THAT(keys(), ElementsAre("loop"));
  EXPECT_THAT([&] { store_.stat("loop/b"); }, ThrowsMessage<base::Error>(HasSubstr("s3://bucket/loop/b")));
}

// The same inode within one tick of the file system's clock: only the exact time tells the versions apart.
TEST_F(DirStoreTest, NoTwoVersionsOfOneSizeHaveOneTag) {
  std::vector<std::string> tags;
  for (int i = 0; i < 200; ++i) {
    write("a", "same size");
    tags.push_back(store_.stat("a")->etag);
  }
  std::sort(tags.begin(), tags.end());
  EXPECT_EQ(std::adjacent_find(tags.begin(), tags.end()), tags.end());
}

}  // namespace
}  // namespace tabferry::store
