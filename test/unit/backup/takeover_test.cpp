#include "backup/takeover.h"

#include <gmock/gmock.h>

namespace tabferry::backup {
namespace {

using ::testing::HasSubstr;
using Verb = Unit::Verb;

Unit unit() {
  return {.id = "workbooks/1", .kind = "workbooks", .updated_at = "2026-11-20T10:00:00Z", .fingerprint = "f"};
}

SavedItems saved(std::string as_of = "2026-11-21T10:00:00Z") {
  Entry entry{.unit = "workbooks/1", .kind = "workbooks"};
  entry.updated_at = "2026-11-20T10:00:00Z";
  entry.fingerprint = "f";
  entry.outcome = Receipt::Outcome::done;
  entry.key = "old/1.twbx";
  entry.size_bytes = 9;
  entry.sha256 = "h";
  entry.as_of = std::move(as_of);
  Manifest manifest;
  manifest.entries = {entry};
  return saved_items(manifest);
}

Unit decided(Unit unit, const SavedItems& items, Incremental incremental = Incremental::reference, bool full = false) {
  std::vector<Unit> units = {std::move(unit)};
  decide(units, items, incremental, full);
  return units.front();
}

TEST(Takeover, AnUnchangedItemIsNamedOrCopied) {
  const auto named = decided(unit(), saved());
  EXPECT_EQ(named.verb, Verb::reference);
  EXPECT_EQ(named.earlier->key, "old/1.twbx");
  EXPECT_EQ(named.earlier->as_of, "2026-11-21T10:00:00Z");
  EXPECT_EQ(decided(unit(), saved(), Incremental::copy).verb, Verb::copy);
}

TEST(Takeover, WhatIsNewOrChangedIsDownloaded) {
  EXPECT_EQ(decided(unit(), {}).rule, "new");
  auto moved = unit();
  moved.updated_at = "2026-11-22T10:00:00Z";
  EXPECT_EQ(decided(moved, saved()).verb, Verb::download);
  auto renamed = unit();
  renamed.fingerprint = "g";
  EXPECT_THAT(decided(renamed, saved()).rule, HasSubstr("attributes"));
  auto untold = unit();
  untold.updated_at = "";
  EXPECT_EQ(decided(untold, saved()).verb, Verb::download);
}

TEST(Takeover, WhatChangedCloseToTheEarlierListingIsDownloaded) {
  EXPECT_EQ(decided(unit(), saved("2026-11-20T10:04:59Z")).verb, Verb::download);
  EXPECT_EQ(decided(unit(), saved("2026-11-20T10:05:00Z")).verb, Verb::reference);
  EXPECT_EQ(decided(unit(), saved("")).verb, Verb::download) << "a listing whose time is not known";
}

TEST(Takeover, AnExtractMayBeNewerThanUpdatedAtTells) {
  auto with_extract = unit();
  with_extract.has_extracts = true;
  EXPECT_THAT(decided(with_extract, saved()).rule, HasSubstr("Metadata API"));
  with_extract.extract_at = "2026-11-21T09:00:00Z";
  EXPECT_EQ(decided(with_extract, saved()).verb, Verb::reference);
  with_extract.extract_at = "2026-11-21T09:56:00Z";
  EXPECT_THAT(decided(with_extract, saved()).rule, HasSubstr("extract"));
}

TEST(Takeover, EverythingIsDownloadedWhereSoAsked) {
  EXPECT_EQ(decided(unit(), saved(), Incremental::off).verb, Verb::download);
  const auto full = decided(unit(), saved(), Incremental::reference, true);
  EXPECT_EQ(full.verb, Verb::download);
  EXPECT_EQ(full.earlier->key, "old/1.twbx") << "its last good one, should it fail";
}

TEST(Takeover, ALastGoodOneIsKeptButNeverTakenForTheItemOfToday) {
  Manifest manifest;
  Entry entry{.unit = "workbooks/1", .kind = "workbooks", .last_good = {}};
  entry.updated_at = unit().updated_at;
  entry.fingerprint = unit().fingerprint;
  entry.last_good =
      Earlier{.key = "older/1.twbx", .size_bytes = 8, .etag = "e", .sha256 = "s", .as_of = "2026-11-10T10:00:00Z"};
  manifest.entries = {entry};
  const auto again = decided(unit(), saved_items(manifest));
  EXPECT_EQ(again.verb, Verb::download);
  EXPECT_EQ(again.earlier->key, "older/1.twbx");
}

Unit personal() {
  auto it = unit();
  it.is_personal = true;
  return it;
}

Refusals refused(std::string reason = "403157 Forbidden") {
  Entry entry{.unit = "workbooks/1", .kind = "workbooks", .code = 403157, .last_good = {}};
  entry.updated_at = unit().updated_at;
  entry.fingerprint = unit().fingerprint;
  entry.outcome = Receipt::Outcome::unavailable;
  entry.reason = std::move(reason);
  Manifest manifest;
  manifest.entries = {entry};
  return refusals_of(manifest);
}

Unit decided(Unit unit, const Refusals& refusals, bool full = false) {
  std::vector<Unit> units = {std::move(unit)};
  decide_refused(units, refusals, full);
  return units.front();
}

TEST(Takeover, WhatIsUnchangedInAPersonalSpaceIsLeft) {
  const auto left = decided(personal(), refused());
  EXPECT_EQ(left.verb, Verb::leave);
  EXPECT_EQ(left.code, 403157);
  EXPECT_THAT(left.rule, HasSubstr("403157 Forbidden"));
  EXPECT_EQ(decided(personal(), refused(left.rule)).rule, left.rule) << "the words do not pile up";
  EXPECT_EQ(decided(personal(), Refusals{}).verb, Verb::download);
}

TEST(Takeover, WhatMayBeGivenOutNowIsAskedForAgain) {
  auto changed = personal();
  changed.updated_at = "2026-11-21T10:00:00Z";
  auto moved = personal();
  moved.fingerprint = "g";
  auto kept = personal();
  kept.earlier = Earlier{.key = "older/1.twbx"};
  for (const auto& one : {changed, moved, kept, unit()}) EXPECT_EQ(decided(one, refused()).verb, Verb::download);
  EXPECT_EQ(decided(unit(), refused()).rule, kAskedAgain);
  const auto full = decided(personal(), refused(), true);
  EXPECT_EQ(full.verb, Verb::download);
  EXPECT_EQ(full.rule, kAskedAgain);
}

TEST(Takeover, ARevisionStaysAsItIs) {
  auto revision = unit();
  revision.kind = "revisions";
  EXPECT_EQ(decided(revision, saved("")).verb, Verb::reference);
}

}  // namespace
}  // namespace tabferry::backup
