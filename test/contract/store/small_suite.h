// What every store promises with small objects that are read and written whole, and about its own upkeep. Included once
// in a program, by store_suite.h.
#pragma once

#include "contract/store/store_contract.h"
#include "store/small.h"
#include "support/failing_store.h"

namespace tabferry::store {

TEST_P(StoreContract, SmallTextsAreReadAndWrittenWhole) {
  EXPECT_FALSE(read_text(store_, "locks/a"));
  for (const std::string& text : {std::string(), std::string("{}\n"), pattern(200'001, 11)}) {
    const Object made = put_text(store_, "locks/a", text);
    const auto read = read_text(store_, "locks/a");
    ASSERT_TRUE(read);
    EXPECT_TRUE(read->text == text);
    EXPECT_EQ(read->object, made);
    EXPECT_TRUE(read_text(store_, made) == text);
  }
}

TEST_P(StoreContract, SmallTextsThatAreTooLargeAreNotRead) {
  const Object made = put_text(store_, "a", "12345");
  EXPECT_EQ(read_text(store_, "a", 5)->text, "12345");
  expect_error(Kind::corrupt, "a", [&] { read_text(store_, "a", 4); });
  expect_error(Kind::corrupt, "a", [&] { read_text(store_, made, 4); });
}

TEST_P(StoreContract, ASmallTextThatIsAnotherOneByNowIsToldOrReadAnew) {
  const Object first = put_text(store_, "a", "first");
  bench_->put("a", "a stranger's");
  expect_conflict("a", [&] { read_text(store_, first); });
  EXPECT_EQ(read_text(store_, "a")->text, "a stranger's");
}

TEST_P(StoreContract, OnesOwnSmallTextIsKnownAgainAndNoOther) {
  const Object first = put_text(store_, "a", "run 1", {.if_absent = true});
  EXPECT_EQ(put_text(store_, "a", "run 1", {.if_absent = true}), first) << "its answer might have been lost";
  expect_conflict("a", [&] { put_text(store_, "a", "run 2", {.if_absent = true}); });
  const Object second = put_text(store_, "a", "run 1, renewed", {.if_match = first.etag});
  EXPECT_EQ(put_text(store_, "a", "run 1, renewed", {.if_match = first.etag}), second);
  expect_conflict("a", [&] { put_text(store_, "a", "run 2", {.if_match = first.etag}); });
  bench_->put("a", "run 2, with all that comes behind it");
  expect_conflict("a", [&] { put_text(store_, "a", "run 2", {.if_match = second.etag}); });
  bench_->remove("a");
  expect_conflict("a", [&] { put_text(store_, "a", "run 1, renewed", {.if_match = second.etag}); });
  EXPECT_EQ(store_.stat("a"), std::nullopt);
}

// Calls of a put_text: create, write, commit. The answer to the commit is lost; it is read back by calls that go well.
TEST_P(StoreContract, ASmallTextWhoseAnswerIsLostIsKnownAgain) {
  const Object first = put_text(FailingStore(store_, 3, Fault::after), "a", "run 1", {.if_absent = true});
  EXPECT_EQ(store_.stat("a"), first);
  const Object second =
      put_text(FailingStore(store_, 3, Fault::after), "a", "run 1, renewed", {.if_match = first.etag});
  EXPECT_EQ(store_.stat("a"), second);
  EXPECT_NE(second, first);
}

TEST_P(StoreContract, ASmallTextThatDidNotArriveIsNotTakenForWritten) {
  const auto expect_lost = [&](const CreateOptions& options) {
    EXPECT_THROW(put_text(FailingStore(store_, 3, Fault::before), "a", "run 1", options), base::Error);
  };
  expect_lost({.if_absent = true});
  EXPECT_EQ(store_.stat("a"), std::nullopt);
  const Object first = put_text(store_, "a", "run 1");
  expect_lost({.if_match = first.etag});   // the same bytes stand there, and are the old ones
  expect_lost({});
  EXPECT_EQ(store_.stat("a"), first);
}

TEST_P(StoreContract, WhatIsBeingWrittenIsNotAbortedAsLongAsItIsYoung) {
  const auto sink = store_.create("folder/a");
  sink->write(pattern(bench_->large_bytes(), 12));
  EXPECT_EQ(store_.abort_uploads("", std::chrono::hours(24)), 0U);
  EXPECT_EQ(store_.abort_uploads("elsewhere/", std::chrono::hours(-1)), 0U);
  sink->commit();
  EXPECT_EQ(store_.abort_uploads("", std::chrono::hours(-1)), 0U) << "it is finished";
  EXPECT_EQ(store_.stat("folder/a"), sink->object());
}

TEST_P(StoreContract, NothingIsLockedWhereNobodyLocksIt) {
  create("a", "x");
  EXPECT_EQ(store_.locked_until("a"), std::nullopt);
  EXPECT_EQ(store_.locked_until("absent"), std::nullopt);
}

TEST_P(StoreContract, RulesThatCannotBeReadSayWhy) {
  const Lifecycle lifecycle = store_.lifecycle_rules();
  EXPECT_TRUE(lifecycle.rules.empty());
  EXPECT_EQ(lifecycle.why_not.empty(), lifecycle.readable);
}

}  // namespace tabferry::store
