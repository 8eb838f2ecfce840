#include "backup/changes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/invented_manifest.h"

namespace tabferry::backup {
namespace {

using test::empty_manifest;
using test::saved_item;
using testing::ElementsAre;
using testing::IsEmpty;

// An earlier snapshot with two workbooks, and one of the next day that is like it.
class ChangesTest : public testing::Test {
 protected:
  ChangesTest()
      : before_(empty_manifest("a", "2026-11-21T10:15:00Z")), now_(empty_manifest("b", "2026-11-22T10:15:00Z")) {
    for (auto* manifest : {&before_, &now_}) {
      manifest->entries.push_back(saved_item(*manifest, "workbooks", "one", "Finance/Daily/Sales", 100));
      manifest->entries.push_back(saved_item(*manifest, "workbooks", "two", "Finance/Costs", 200));
    }
  }
  Changes changes() const { return changes_of(now_, before_); }
  static std::vector<std::string> names(const std::vector<const Entry*>& entries) {
    std::vector<std::string> found;
    for (const auto* entry : entries) found.push_back(entry->unit);
    return found;
  }
  static std::vector<std::string> names(const std::vector<Pair>& pairs) {
    std::vector<std::string> found;
    for (const auto& pair : pairs) found.push_back(pair.before->unit + ">" + pair.now->unit);
    return found;
  }

  Manifest before_, now_;
};

TEST_F(ChangesTest, OfTheSameAreNone) {
  now_.entries[1].outcome = Receipt::Outcome::referenced;
  const auto found = changes();
  EXPECT_THAT(found.fresh, IsEmpty());
  EXPECT_THAT(found.gone, IsEmpty());
  EXPECT_THAT(found.replaced, IsEmpty());
  EXPECT_THAT(found.changed, IsEmpty());
  EXPECT_THAT(found.renamed, IsEmpty());
  EXPECT_THAT(found.moved, IsEmpty());
}

TEST_F(ChangesTest, ThatWhichCameAndThatWhichWent) {
  now_.entries[0] = saved_item(now_, "workbooks", "three", "Finance/Other", 5);
  EXPECT_THAT(names(changes().fresh), ElementsAre("workbooks/three"));
  EXPECT_THAT(names(changes().gone), ElementsAre("workbooks/one"));
}

TEST_F(ChangesTest, WhatWasDeletedWhileItWasSavedIsGone) {
  now_.entries[0].outcome = Receipt::Outcome::gone;
  EXPECT_THAT(names(changes().gone), ElementsAre("workbooks/one"));
  before_.entries[0].outcome = Receipt::Outcome::gone;  // and was so before: no news
  EXPECT_THAT(changes().gone, IsEmpty());
}

TEST_F(ChangesTest, PublishedAnewUnderTheSameNameIsReplacedNotNew) {
  now_.entries[0].luid = "three";
  now_.entries[0].unit = "workbooks/three";
  EXPECT_THAT(names(changes().replaced), ElementsAre("workbooks/one>workbooks/three"));
  EXPECT_THAT(changes().fresh, IsEmpty());
  EXPECT_THAT(changes().gone, IsEmpty());
  now_.entries[0].kind = "datasources";  // another kind of the same name is another thing
  EXPECT_THAT(changes().replaced, IsEmpty());
}

TEST_F(ChangesTest, OtherBytesAreAChangeWhereBothAreSaved) {
  now_.entries[0].sha256 = "other";
  EXPECT_THAT(names(changes().changed), ElementsAre("workbooks/one>workbooks/one"));
  now_.entries[0].outcome = Receipt::Outcome::failed;
  EXPECT_THAT(changes().changed, IsEmpty());
}

TEST_F(ChangesTest, AnotherNameIsARenameAndAnotherProjectAMove) {
  now_.entries[0].natural_key = "Finance/Daily/Sales 2";
  now_.entries[1].natural_key = "Finance/Daily/Costs";
  now_.entries[1].sha256 = "other";
  EXPECT_THAT(names(changes().renamed), ElementsAre("workbooks/one>workbooks/one"));
  EXPECT_THAT(names(changes().moved), ElementsAre("workbooks/two>workbooks/two"));
  EXPECT_THAT(names(changes().changed), ElementsAre("workbooks/two>workbooks/two"));  // both at once
}

TEST(Projects, AreWhatStandsBeforeTheName) {
  const auto of = [](const char* kind, const char* key) {
    return project_of({.kind = kind, .natural_key = key, .last_good = {}});
  };
  EXPECT_EQ(of("workbooks", "Finance/Daily/Sales"), "Finance/Daily");
  EXPECT_EQ(of("workbooks", "Finance/Profit \\/ Loss"), "Finance");
  EXPECT_EQ(of("workbooks", "Finance\\/Tax/Sales"), "Finance\\/Tax");
  EXPECT_EQ(of("workbooks", "Sales"), "");
  EXPECT_EQ(of("workbooks", ""), "");
  EXPECT_EQ(of("custom_views", "Finance/Daily/Sales/Overview/ann/Mine"), "Finance/Daily");
  EXPECT_EQ(of("custom_views", "Mine"), "");
}

TEST(TakenOver, AreReferencesAndCopiesOfAnEarlierListing) {
  auto manifest = empty_manifest("b", "2026-11-22T10:15:00Z");
  auto entry = saved_item(manifest, "workbooks", "one", "Finance/Sales", 100);
  EXPECT_FALSE(is_taken_over(entry, manifest.head));
  entry.as_of = "2026-11-21T10:15:00Z";  // copied
  EXPECT_TRUE(is_taken_over(entry, manifest.head));
  entry.outcome = Receipt::Outcome::failed;
  EXPECT_FALSE(is_taken_over(entry, manifest.head));
  entry.outcome = Receipt::Outcome::referenced;
  EXPECT_TRUE(is_taken_over(entry, manifest.head));
}

}  // namespace
}  // namespace tabferry::backup
