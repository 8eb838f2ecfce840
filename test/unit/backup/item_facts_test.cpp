// What is compared of an item of metadata, and how a difference is told.
#include "backup/item_facts.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "backup/item_difference.h"
#include "backup/item_labels.h"

namespace tabferry::backup {
namespace {

std::vector<Fact> facts(std::string_view text) { return facts_of(doc::parse_json(text, "test")).value(); }

std::string told(std::string_view before, std::string_view now) { return difference_of(facts(before), facts(now)); }

std::string label(std::string_view text) { return label_of_item(doc::parse_json(text, "test")); }

constexpr std::string_view kSales = R"({"kind":"workbooks","id":"w1","naturalKey":"Finance/Sales",
    "workbook":{"id":"w1","name":"Sales","naturalKey":"Finance/Sales","owner":{"id":"u1"}},"granteeCapabilities":[
    {"user":{"id":"u1","naturalKey":"ann"},"capabilities":{"capability":[{"name":"Read","mode":"Allow"}]}},
    {"group":{"id":"g1","naturalKey":"Finance"},"capabilities":{"capability":[{"name":"Read","mode":"Allow"},
                                                                              {"name":"Write","mode":"Deny"}]}}]})";

TEST(ItemFacts, APermissionIsToldByItsGranteeAndCapability) {
  EXPECT_EQ(told(kSales, R"({"kind":"workbooks","id":"w1","granteeCapabilities":[
      {"group":{"id":"g1","naturalKey":"Finance"},"capabilities":{"capability":[{"name":"Write","mode":"Allow"},
          {"name":"ExportData","mode":"Allow"},{"name":"Filter","mode":"Allow"},{"name":"Read","mode":"Allow"}]}}],
      "workbook":{"id":"w1"}})"),
            "group Finance: Write (Deny) -> Write; group Finance got ExportData, Filter; user ann lost Read");
}

TEST(ItemFacts, OrderDoesNotCount) {
  EXPECT_EQ(hash_of(facts(kSales)), hash_of(facts(R"({"kind":"workbooks","id":"w1","granteeCapabilities":[
      {"group":{"id":"g1"},"capabilities":{"capability":[{"name":"Write","mode":"Deny"},
                                                             {"name":"Read","mode":"Allow"}]}},
      {"user":{"id":"u1"},"capabilities":{"capability":[{"name":"Read","mode":"Allow"}]}}],"workbook":{"id":"w1"}})")));
}

TEST(ItemFacts, WhatMovesByItselfIsNotCompared) {
  EXPECT_EQ(told(R"({"id":"u1","lastLogin":"2026-11-21T10:00:00Z","usage":{"totalViewCount":"1"},"updatedAt":"a"})",
                 R"({"id":"u1","lastLogin":"2026-11-22T10:00:00Z","usage":{"totalViewCount":"9"},"updatedAt":"b"})"),
            "");
  EXPECT_EQ(told(R"({"extractRefresh":{"id":"t","consecutiveFailedCount":"0","schedule":{"nextRunAt":"x"}}})",
                 R"({"extractRefresh":{"id":"t","consecutiveFailedCount":"3","schedule":{"nextRunAt":"y"}}})"),
            "");
}

TEST(ItemFacts, OfAnotherItemOnlyTheIdCounts) {
  EXPECT_EQ(told(R"({"id":"w","project":{"id":"p1","name":"Old"},"owner":{"id":"u1","siteRole":"Viewer"}})",
                 R"({"id":"w","project":{"id":"p1","name":"New"},"owner":{"id":"u1","siteRole":"Creator"}})"),
            "");
  EXPECT_EQ(told(R"({"id":"w","owner":{"id":"u1","naturalKey":"ann"}})",
                 R"({"id":"w","owner":{"id":"u2","naturalKey":"bob"}})"),
            "owner: ann -> bob");
  EXPECT_EQ(
      told(R"({"id":"g","user":[{"id":"u1","naturalKey":"ann","siteRole":"Viewer"}]})",
           R"({"id":"g","user":[{"id":"u1","naturalKey":"ann","siteRole":"Creator"},{"id":"u2","naturalKey":"bob"}]})"),
      "user: + bob");
}

TEST(ItemFacts, AViewHasTheOwnerOfItsWorkbook) {
  EXPECT_EQ(
      told(R"({"id":"v","viewUrlName":"V","workbook":{"id":"w"},"owner":{"id":"u1"},"tags":{}})",
           R"({"id":"v","viewUrlName":"V","workbook":{"id":"w"},"owner":{"id":"u2"},"tags":{"tag":[{"label":"x"}]}})"),
      "tags: + x");
}

TEST(ItemFacts, ADocumentAboutItsOwnItemIsComparedWhole) {
  EXPECT_EQ(
      told(R"({"kind":"flows","id":"f","flow":{"id":"f","name":"a","fileType":"tfl","x":"1","parameters":{"p":"1"}}})",
           R"({"kind":"flows","id":"f","flow":{"id":"f","name":"a","fileType":"tfl","x":"1","parameters":{"p":"2"}}})"),
      "flow.parameters.p: 1 -> 2");
}

TEST(ItemFacts, AttributesTagsAndElementsAreTold) {
  EXPECT_EQ(told(R"({"id":"u","siteRole":"Viewer","tags":{}})",
                 R"({"id":"u","siteRole":"Creator","tags":{"tag":[{"label":"daily"},{"label":"board"}]}})"),
            "siteRole: Viewer -> Creator; tags: + board, daily");
  EXPECT_EQ(told(R"({"id":"w","connection":[{"id":"c1","serverAddress":"a.example","userName":"x"}]})",
                 R"({"id":"w","connection":[{"id":"c1","serverAddress":"a.example","userName":"y"},
                                            {"id":"c2","serverAddress":"b.example","userName":"z"}]})"),
            "connection a.example.userName: x -> y; connection: + b.example");
  EXPECT_EQ(told(R"({"id":"s","frequencyDetails":{"start":"01:00","intervals":{"interval":[{"weekDay":"Monday"}]}}})",
                 R"({"id":"s","frequencyDetails":{"start":"02:00","intervals":{"interval":[{"weekDay":"Friday"}]}}})"),
            "frequencyDetails.intervals: Monday -> Friday; frequencyDetails.start: 01:00 -> 02:00");
}

TEST(ItemFacts, ManyDifferencesAreCountedAndForeignTextIsHarmless) {
  EXPECT_EQ(told(R"({"a":"1","b":"1","c":"1","d":"1","e":"1"})", R"({"a":"2","b":"2","c":"2","d":"2","e":"2"})"),
            "a: 1 -> 2; b: 1 -> 2; c: 1 -> 2 and 2 more");
  const auto text = told(R"({"description":"one\ntwo"})", R"({"description":"\u202Ex"})");
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_EQ(text.find("\u202E"), std::string::npos);
  EXPECT_EQ(
      told(R"({"a":null,"b":[[1]],"granteeCapabilities":"x"})", R"({"a":"1","b":[[2]],"granteeCapabilities":[]})"),
      "a: (nothing) -> 1; b: ... -> ...; granteeCapabilities: - x");
  EXPECT_TRUE(facts("[]").size() == 1);
}

// 1 MiB of id above 3,000 members would be 3 GiB of paths.
TEST(ItemFacts, TheirSizeHasABound) {
  std::string line = R"({"id":"u1","xs":{"x":[{"id":")" + std::string(size_t{1} << 20, 'z') + '"';
  for (int i = 0; i < 3000; ++i) line += fmt::format(R"(,"k{0}":"{0}")", i);
  EXPECT_FALSE(facts_of(doc::parse_json(line + "}]}}", "test")));
  EXPECT_TRUE(facts_of(doc::parse_json(R"({"id":"u1","xs":{"x":[{"id":"z","k1":"1"}]}})", "test")));
}

TEST(ItemFacts, AnItemHasALabel) {
  EXPECT_EQ(label(kSales), "workbook Finance/Sales");
  EXPECT_EQ(label(R"({"kind":"projects","id":"p","naturalKey":"Finance","part":"virtual_connections"})"),
            "project Finance (virtual connections)");
  EXPECT_EQ(label(R"({"id":"u","name":"ann"})"), "ann");
  EXPECT_EQ(label(
                R"({"extractRefresh":{"id":"t","schedule":{"id":"s","name":"Nightly"},
                                    "workbook":{"id":"w","naturalKey":"A/B"}}})"),
            "schedule Nightly, workbook A/B");
  EXPECT_EQ(label(R"({"id":"x","subject":"Daily","user":{"id":"u","naturalKey":"ann"}})"), "Daily of user ann");
  EXPECT_EQ(label(R"({"id":"x"})"), "x");
}

}  // namespace
}  // namespace tabferry::backup
