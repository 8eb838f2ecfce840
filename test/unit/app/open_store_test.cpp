// `store:` -> a store whose keys are relative to it.
#include "app/open_store.h"

#include <fstream>

#include "config_fixture.h"

namespace tabferry::app {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class OpenStore : public ConfigFixture {
 protected:
  static std::vector<std::string> keys(const store::Store& store) {
    std::vector<std::string> found;
    store.list("", [&](const store::Object& object) { found.push_back(object.key); });
    return found;
  }
  static void write(const store::Store& store, const std::string& key) {
    const auto sink = store.create(key);
    sink->write("x");
    sink->commit();
    EXPECT_EQ(sink->object().key, key);
  }
};

TEST_F(OpenStore, ADirectory) {
  const auto store = open_store(load("store: file://" + folder_.path().string() + "/backups/\n"));
  write(*store, "a/b");
  EXPECT_TRUE(fs::exists(folder_.path() / "backups/a/b"));
  EXPECT_THAT(keys(*store), ElementsAre("a/b"));
  EXPECT_EQ(store->url("a/b"), "file://" + folder_.path().string() + "/backups/a/b");
}

TEST_F(OpenStore, APathBesideTheConfiguration) {
  const auto store = open_store(load("store: backups\n"));
  write(*store, "a");
  EXPECT_TRUE(fs::exists(folder_.path() / "backups/a"));
}

TEST_F(OpenStore, APrefixOfABucket) {
  for (const char* prefix : {"/site/x", "/site/x/"}) {
    const auto settings = load("store: s3://bucket" + std::string(prefix) + "\ns3: {endpoint: \"file://" +
                               folder_.path().string() + "/buckets\"}\n");
    const auto store = open_store(settings);
    put("buckets/bucket/site/y", "a stranger's");
    put("buckets/bucket/site/xy", "a stranger's");
    write(*store, "a/b");
    EXPECT_TRUE(fs::exists(folder_.path() / "buckets/bucket/site/x/a/b"));
    EXPECT_THAT(keys(*store), ElementsAre("a/b"));
    EXPECT_EQ(store->url("a/b"), "s3://bucket/site/x/a/b");
    EXPECT_EQ(store->stat("a/b")->key, "a/b");
    EXPECT_EQ(store->copy(*store->stat("a/b"), "c").key, "c");
    const std::vector<std::string> gone{"a/b", "c"};
    store->remove(gone);
    EXPECT_TRUE(keys(*store).empty());
  }
}

TEST_F(OpenStore, AWholeBucket) {
  const auto store = open_store(load("store: s3://bucket\ns3: {endpoint: \"file://" + folder_.path().string() + "\"}\n"));
  write(*store, "a");
  EXPECT_TRUE(fs::exists(folder_.path() / "bucket/a"));
}

TEST_F(OpenStore, WhatIsNoStore) {
  EXPECT_THAT(message_of([&] { open_store(load("memory: 1GiB\n")); }), HasSubstr("does not say where snapshots live"));
  for (const char* none : {"s3://", "s3:///x"})
    EXPECT_EQ(error_of("store: " + std::string(none) + "\n"),
              "tabferry.yaml:1: store: names no bucket; write s3://BUCKET/PREFIX");
  EXPECT_THAT(error_of("store: s3://b/a//c\n"), HasSubstr("has '//' in it"));
  EXPECT_THAT(error_of("store: s3://b/a/../c\n"), HasSubstr("has the folder '..' in it"));
  EXPECT_THAT(error_of("store: s3://../x\n"), HasSubstr("'..' is no name of a bucket"));
  EXPECT_THAT(error_of("store: gs://b/a\n"), HasSubstr("is of no form that is known here"));
}

}  // namespace
}  // namespace tabferry::app
