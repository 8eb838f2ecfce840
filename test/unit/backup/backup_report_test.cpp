#include "backup/backup_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "backup/tally.h"
#include "report/html.h"
#include "support/invented_manifest.h"

namespace tabferry::backup {
namespace {

using report::Section;
using report::Status;
using test::earlier_manifest;
using test::empty_manifest;
using test::next_manifest;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr size_t kItems = 300;

const Section* section_of(const report::Report& report, const std::string& heading) {
  for (const auto& section : report.sections)
    if (section.heading.starts_with(heading)) return &section;
  return nullptr;
}

std::vector<std::string> captions_of(const Section& section) {
  std::vector<std::string> captions;
  for (const auto& table : section.tables) captions.push_back(table.caption);
  return captions;
}

TEST(Tally, CountsEveryItemOnce) {
  const auto tally = tally_of(next_manifest(kItems));
  EXPECT_EQ(tally.items, kItems);  // one is gone, one is new
  EXPECT_EQ(tally.downloaded, 3U);
  EXPECT_EQ(tally.failed, 1U);
  EXPECT_EQ(tally.accepted, 1U);
  EXPECT_EQ(tally.unavailable, 1U);
  EXPECT_EQ(tally.taken_over, kItems - 6);
  EXPECT_EQ(tally.saved, kItems - 3);
  EXPECT_EQ(tally.documents_failed, 1U);
  EXPECT_EQ(tally.failures(), 2U);
  uint64_t items = 0, size_bytes = 0;
  for (const auto& [project, amount] : tally.by_project) {
    items += amount.items;
    size_bytes += amount.size_bytes;
  }
  EXPECT_EQ(items, tally.items);
  EXPECT_EQ(size_bytes, tally.size_bytes);
  EXPECT_EQ(tally.by_rule.at("downloaded: new"), 1U);
  EXPECT_EQ(tally.by_rule.at("downloaded: updatedAt moved"), 2U);
}

TEST(BackupReport, OfAPartialOneNamesWhatFailedAndWhy) {
  const auto now = next_manifest(kItems), before = earlier_manifest(kItems);
  const auto report = report_of(now, &before);
  EXPECT_EQ(report.status, Status::partial);
  EXPECT_THAT(report.headline, HasSubstr("297 of 300 items"));
  EXPECT_THAT(report.headline, HasSubstr("2 failures are named below"));
  const auto* failed = section_of(report, "Failed");
  ASSERT_NE(failed, nullptr);
  EXPECT_THAT(captions_of(*failed), ElementsAre("Items", "Metadata"));
  ASSERT_EQ(failed->tables[0].rows.size(), 1U);
  EXPECT_THAT(failed->tables[0].rows[0][2], HasSubstr("504"));
  EXPECT_THAT(failed->tables[0].rows[0][3], "2026-11-21 10:15 UTC, 164.6 kB");
  EXPECT_EQ(failed->tables[1].rows[0][0], "permissions of a workbook");
  EXPECT_EQ(failed->tables[1].rows[0][2], "the site answered an internal error to each of 5 tries (500000)");
  EXPECT_EQ(report.details["failed"].size(), 2U);
  EXPECT_EQ(report.details["failures"], 2U);
  EXPECT_EQ(section_of(report, "Failed, and accepted")->tables[0].rows.size(), 1U);
}

TEST(BackupReport, NamesTheCodesOfWhatIsNotOnOffer) {
  const auto report = report_of(next_manifest(kItems), nullptr);
  const auto* section = section_of(report, "Not on offer");
  ASSERT_NE(section, nullptr);
  EXPECT_THAT(section->tables[0].rows,
              ElementsAre(ElementsAre("virtual connections", "the site has no Data Management licence (403004)")));
  ASSERT_EQ(section->tables[1].rows.size(), 2U);  // 12 documents are one row, for they say the same
  EXPECT_EQ(section->tables[1].rows[0][0], "connections of a data source");
  EXPECT_EQ(section->tables[1].rows[0][1], "12");
  EXPECT_THAT(section->tables[1].rows[0][3], HasSubstr("and 7 more"));
  EXPECT_THAT(section->tables[1].rows[1][2], HasSubstr("(403157)"));
  EXPECT_EQ(report.details["unavailable"].size(), 14U);
}

TEST(BackupReport, TellsWhatChanged) {
  const auto now = next_manifest(kItems), before = earlier_manifest(kItems);
  const auto report = report_of(now, &before);
  const auto* section = section_of(report, "Changes since 2026-11-21 10:15 UTC");
  ASSERT_NE(section, nullptr);
  EXPECT_THAT(
      captions_of(*section),
      ElementsAre("New: 1", "Changed: 1", "Replaced: deleted, and published again under the same name: 1", "Renamed: 1",
                  "Moved to another project: 1", "Gone from the site; earlier snapshots keep them: 1"));
  for (const auto* list : {"new", "changed", "replaced", "renamed", "moved", "gone"})
    EXPECT_EQ(report.details["changes"][list].size(), 1U) << list;
  EXPECT_EQ(report.details["changes"]["since"], before.head.snapshot);
}

TEST(BackupReport, OfTheFirstAndOfAnUnchangedOneSaysSo) {
  const auto before = earlier_manifest(kItems);
  const auto first = report_of(before, nullptr);
  EXPECT_EQ(first.status, Status::done);
  EXPECT_THAT(first.headline, HasSubstr("all 300 items"));
  EXPECT_THAT(section_of(first, "Changes")->facts[0].second, HasSubstr("first snapshot"));
  EXPECT_EQ(section_of(first, "Failed"), nullptr);
  EXPECT_EQ(section_of(first, "Not on offer"), nullptr);
  const auto same = report_of(before, &before);
  EXPECT_THAT(section_of(same, "Changes")->facts.back().second, HasSubstr("no item"));
}

TEST(BackupReport, TellsWhatChangedInTheMetadata) {
  using What = KindChange::Named::What;
  auto now = next_manifest(kItems);
  const auto before = earlier_manifest(kItems);
  EXPECT_THAT(section_of(report_of(now, &before), "Changes of metadata")->facts[0].second, HasSubstr("not known"));
  now.head.metadata_compared = true;
  EXPECT_EQ(section_of(report_of(now, &before), "Changes of metadata")->facts.back().second, "nothing");
  now.metadata_changes = {{.kind = "permissions",
                           .added = 1500,
                           .changed = 1,
                           .named = {{.what = What::changed, .item = "workbook A", .how = "group B got ExportData"},
                                     {.what = What::added, .item = "workbook C"}}},
                          {.kind = "views", .added = 7},
                          {.kind = "data_alerts", .unknown = "it was not read this time"}};
  const auto report = report_of(now, &before);
  const auto& tables = section_of(report, "Changes of metadata")->tables;
  ASSERT_EQ(tables.size(), 3u);
  EXPECT_THAT(tables[0].rows,
              ElementsAre(ElementsAre("permissions", "1,500", "1", ""), ElementsAre("views", "7", "", "")));
  EXPECT_THAT(tables[1].rows,
              ElementsAre(ElementsAre("permissions", "new", "workbook C", ""),
                          ElementsAre("permissions", "new", "and 1,499 more", ""),
                          ElementsAre("permissions", "changed", "workbook A", "group B got ExportData")));
  EXPECT_THAT(tables[2].rows, ElementsAre(ElementsAre("data alerts", "it was not read this time")));
  EXPECT_EQ(report.details["metadata_changes"].size(), 3U);
  EXPECT_EQ(report.details["metadata_changes"][0]["added"], 1500);
  EXPECT_TRUE(report_of(before, nullptr).details["metadata_changes"].is_null());
}

TEST(BackupReport, ABaseThatCannotBeReadIsSaid) {
  const auto report = report_of(next_manifest(kItems), nullptr);
  EXPECT_THAT(section_of(report, "Changes")->facts[0].second, HasSubstr("cannot be read"));
}

TEST(BackupReport, EveryKindHasItsLineAndDocumentsAreTold) {
  auto now = earlier_manifest(kItems);
  auto before = now;
  now.head.counts["permissions"] = 130;
  const auto rows = section_of(report_of(now, &before), "Kinds")->tables[0].rows;
  EXPECT_THAT(rows, testing::Contains(ElementsAre("permissions", "130", "", "as metadata: documents", "")));
  before.head.counts["permissions"] = 128;
  EXPECT_THAT(section_of(report_of(now, &before), "Kinds")->tables[0].rows,
              testing::Contains(ElementsAre("permissions", "130", "+2", "as metadata: documents", "")));
}

TEST(BackupReport, WithOtherOptionsNothingIsCalledNewOrGone) {
  const auto now = next_manifest(kItems);
  auto before = earlier_manifest(kItems);
  EXPECT_EQ(report_of(now, &before).details["changes"]["comparable"], true);
  before.head.asked = "kinds=workbooks";
  const auto report = report_of(now, &before);
  const auto& section = *section_of(report, "Changes");
  EXPECT_THAT(captions_of(section),
              ElementsAre("Changed: 1", "Replaced: deleted, and published again under the same name: 1", "Renamed: 1",
                          "Moved to another project: 1"));
  EXPECT_THAT(section.facts.back().second,
              HasSubstr("in the earlier one and not in this one: 1; in this one and not in the earlier one: 1; it was "
                        "made with other options"));
  const auto& changes = report.details["changes"];
  EXPECT_EQ(changes["comparable"], false);
  EXPECT_EQ(changes["only_in_earlier"], 1U);
  EXPECT_EQ(changes["only_in_this"], 1U);
  EXPECT_TRUE(changes["new"].empty() && changes["gone"].empty());
}

TEST(BackupReport, WhatTheConfigurationLeftOutIsTold) {
  auto manifest = earlier_manifest(163);
  manifest.head.left_out = 36;
  const auto report = report_of(manifest, nullptr);
  EXPECT_TRUE(report.headline.starts_with("163 of 199 items (")) << report.headline;
  EXPECT_TRUE(report.headline.ends_with(") of site sales are saved, 36 are left out by the configuration"))
      << report.headline;
  EXPECT_EQ(report.details["left_out"], 36U);
  EXPECT_THAT(report::to_html(report), HasSubstr("Left out by the configuration"));
  manifest.head.status = "partial";
  EXPECT_THAT(report_of(manifest, nullptr).headline, HasSubstr("configuration; the snapshot is partial"));
  const auto failed = [&] {
    auto next = next_manifest(kItems);
    next.head.left_out = 1;
    return report_of(next, nullptr).headline;
  }();
  EXPECT_THAT(failed, HasSubstr("297 of 301 items"));
  EXPECT_THAT(failed, HasSubstr("1 is left out by the configuration; "));
  EXPECT_THAT(failed, HasSubstr("2 failures are named below"));
}

TEST(BackupReport, TheApisShortWordIsSpeltOut) {
  auto manifest = earlier_manifest(10);
  manifest.head.gaps = {{.kind = "dqw", .failed = false, .code = 403157, .reason = "no licence"}};
  const auto text = report::to_text(report_of(manifest, nullptr));
  EXPECT_THAT(text, HasSubstr("data quality warnings"));
  EXPECT_THAT(text, Not(HasSubstr("dqw")));
}

TEST(BackupReport, OfALimitedScopeIsPartialAndSaysWhoLooked) {
  auto manifest = earlier_manifest(kItems);
  manifest.head.scope = "visible";
  manifest.head.status = "partial";
  const auto report = report_of(manifest, nullptr);
  EXPECT_EQ(report.status, Status::partial);
  EXPECT_THAT(report.headline, HasSubstr("what backup@acme.example may see"));
}

TEST(BackupReport, AGapThatIsAFailureIsOne) {
  auto manifest = earlier_manifest(kItems);
  manifest.head.status = "partial";
  manifest.head.gaps = {{.kind = "subscriptions", .failed = true, .code = 0, .reason = "connection reset"}};
  const auto report = report_of(manifest, nullptr);
  EXPECT_THAT(section_of(report, "Failed")->tables[0].rows,
              ElementsAre(ElementsAre("subscriptions", "connection reset")));
  EXPECT_EQ(report.details["failures"], 1U);
}

TEST(BackupReport, ThePageHasEveryItemAndTheTextHasNot) {
  const auto now = next_manifest(kItems);
  const auto report = report_of(now, nullptr);
  const auto html = report::to_html(report);
  const auto text = report::to_text(report);
  for (const auto& entry : now.entries) EXPECT_THAT(html, HasSubstr(">" + entry.natural_key + "</td>"));
  EXPECT_THAT(text, Not(HasSubstr(now.entries[150].natural_key)));
  EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 110);
}

TEST(BackupReport, OfAnEmptySiteIsAReportAll) {
  const auto report = report_of(empty_manifest("a", "2026-11-21T10:15:00Z"), nullptr);
  EXPECT_THAT(report.headline, HasSubstr("all 0 items"));
  EXPECT_THAT(report::to_html(report), HasSubstr("</html>"));
}

}  // namespace
}  // namespace tabferry::backup
