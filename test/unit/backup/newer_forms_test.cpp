// Items that a list shows twice.
#include "backup/newer_forms.h"

#include <gtest/gtest.h>

namespace tabferry::backup {
namespace {

doc::Json json(std::string_view text) { return doc::parse_json(text, "test"); }

TEST(NewerForms, ThoseThatComeAgainAreKept) {
  NewerForms newer("task/id");
  EXPECT_TRUE(newer.is_first(json(R"({"task":{"id":"1"},"name":"a"})")));
  EXPECT_TRUE(newer.is_first(json(R"({"task":{"id":"2"},"name":"b"})")));
  EXPECT_TRUE(newer.none());
  EXPECT_FALSE(newer.is_first(json(R"({"task":{"id":"1"},"name":"c"})")));
  EXPECT_FALSE(newer.is_first(json(R"({"task":{"id":"1"},"name":"d"})")));
  const auto* form = newer.of(json(R"({"task":{"id":"1"},"name":"a"})"));
  ASSERT_NE(form, nullptr);
  EXPECT_EQ(form->at("name"), "d");
  EXPECT_EQ(newer.of(json(R"({"task":{"id":"2"},"name":"b"})")), nullptr);
}

TEST(NewerForms, WhatHasNoIdIsAlwaysAnother) {
  NewerForms newer("id");
  EXPECT_TRUE(newer.is_first(json(R"({"name":"a"})")));
  EXPECT_TRUE(newer.is_first(json(R"({"name":"a"})")));
  EXPECT_TRUE(newer.none());
}

}  // namespace
}  // namespace tabferry::backup
