// What an item is called where its id is another one.
#include "backup/natural_keys.h"

#include <gtest/gtest.h>

#include <string>

namespace tabferry::backup {
namespace {

doc::Json json(std::string_view text) { return doc::parse_json(text, "test"); }

// A site in the worst order: what stands above comes last.
NaturalKeys site() {
  NaturalKeys keys;
  keys.learn("custom_views", json(R"({"id":"c1","name":"My/way","view":{"id":"v1"},"owner":{"id":"u1"}})"));
  keys.learn("views", json(R"({"id":"v1","name":"Over view","viewUrlName":"Overview","workbook":{"id":"w1"}})"));
  keys.learn("views", json(R"({"id":"v2","name":"x","contentUrl":"Sales/sheets/Detail","workbook":{"id":"w1"}})"));
  keys.learn("workbooks", json(R"({"id":"w1","name":"Q1/Q2","project":{"id":"p2","name":"Daily"}})"));
  keys.learn("workbooks", json(R"({"id":"w2","name":"Mine","location":{"type":"PersonalSpace","id":"u2","name":"x"},
                                   "owner":{"id":"u2"}})"));
  keys.learn("flows", json(R"({"id":"f1","name":"Prep","project":{"id":"unseen","name":"Hidden"}})"));
  keys.learn("projects", json(R"({"id":"p2","name":"Daily","parentProjectId":"p1"})"));
  keys.learn("projects", json(R"({"id":"p1","name":"A/B"})"));
  keys.learn("users", json(R"({"id":"u1","name":"ann","domain":{"name":"local"}})"));
  keys.learn("users", json(R"({"id":"u2","name":"bob","domain":{"name":"corp"}})"));
  keys.learn("groups", json(R"({"id":"g1","name":"All Users","domain":{"name":"external"}})"));
  keys.learn("schedules", json(R"({"id":"s1","name":"Nightly"})"));
  keys.learn("pulse_definitions", json(R"({"metadata":{"id":"d1","name":"Revenue"}})"));
  keys.learn("collections", json(R"({"luid":"k1","name":"Best/of"})"));
  return keys;
}

TEST(NaturalKeys, OfEachKind) {
  const NaturalKeys keys = site();
  EXPECT_EQ(keys.of("p2"), "A\\/B/Daily");
  EXPECT_EQ(keys.of("w1"), "A\\/B/Daily/Q1\\/Q2");
  EXPECT_EQ(keys.of("v1"), "A\\/B/Daily/Q1\\/Q2/Overview");
  EXPECT_EQ(keys.of("v2"), "A\\/B/Daily/Q1\\/Q2/Detail");
  EXPECT_EQ(keys.of("c1"), "A\\/B/Daily/Q1\\/Q2/Overview/ann/My\\/way");
  EXPECT_EQ(keys.of("w2"), "Personal Space/corp\\bob/Mine");
  EXPECT_EQ(keys.of("f1"), "Hidden/Prep");
  EXPECT_EQ(keys.of("u1"), "ann");
  EXPECT_EQ(keys.of("u2"), "corp\\bob");
  EXPECT_EQ(keys.of("g1"), "All Users");
  EXPECT_EQ(keys.of("s1"), "Nightly");
  EXPECT_EQ(keys.of("d1"), "Revenue");
  EXPECT_EQ(keys.of("k1"), "Best/of");
  EXPECT_EQ(keys.of("nobody"), "");
}

TEST(NaturalKeys, AProjectInItselfHasAnEnd) {
  NaturalKeys keys;
  keys.learn("projects", json(R"({"id":"p1","name":"a","parentProjectId":"p2"})"));
  keys.learn("projects", json(R"({"id":"p2","name":"b","parentProjectId":"p1"})"));
  EXPECT_TRUE(keys.of("p1").ends_with("b/a"));
  EXPECT_LT(keys.of("p1").size(), 200U);
}

TEST(NaturalKeys, StandBesideTheIdsAndNothingElseChanges) {
  doc::Json item = json(R"({"id":"w1","name":"n","owner":{"id":"u1"},"views":{"view":[{"id":"v1"},{"id":"gone"}]},
                            "parentProjectId":"p1","ownerLuid":"u2","follower":{"user_id":"u1"},"defaultViewId":"",
                            "size":7})");
  site().add(item);
  EXPECT_EQ(
      doc::to_line(item),
      R"({"id":"w1","naturalKey":"A\\/B/Daily/Q1\\/Q2","name":"n","owner":{"id":"u1","naturalKey":"ann"},)"
      R"("views":{"view":[{"id":"v1","naturalKey":"A\\/B/Daily/Q1\\/Q2/Overview"},{"id":"gone"}]},)"
      R"("parentProjectId":"p1","parentProjectNaturalKey":"A\\/B","ownerLuid":"u2","ownerNaturalKey":"corp\\bob",)"
      R"("follower":{"user_id":"u1","userNaturalKey":"ann"},"defaultViewId":"","size":7})");
}

TEST(NaturalKeys, WhatTheSiteSaidItselfIsNotReplaced) {
  doc::Json item = json(R"({"id":"u1","naturalKey":"the site's"})");
  site().add(item);
  EXPECT_EQ(doc::to_line(item), R"({"id":"u1","naturalKey":"the site's"})");
}

}  // namespace
}  // namespace tabferry::backup
