#include "backup/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "shelf.h"
#include "support/invented_manifest.h"

namespace tabferry::backup {
namespace {

using test::earlier_manifest;
using test::next_manifest;
using testing::HasSubstr;
using testing::Not;

// A line end behind each.
std::string text_of(const std::vector<std::string>& lines) { return base::join(lines, "\n") + "\n"; }

size_t lines_of(const std::string& text) { return static_cast<size_t>(std::count(text.begin(), text.end(), '\n')); }

TEST(Notice, OfADoneBackupIsShort) {
  const auto text = text_of(notice_of(earlier_manifest(40), "s3://acme/tableau/backup_x"));
  EXPECT_TRUE(text.starts_with("Backup of site sales: done. 40 of 40 items saved, "));
  EXPECT_THAT(text, HasSubstr("Snapshot: s3://acme/tableau/backup_x\n"));
  EXPECT_THAT(text, Not(HasSubstr("To do")));
  EXPECT_EQ(lines_of(text), 3U);
}

TEST(Notice, SaysWhatTheConfigurationLeftOut) {
  auto manifest = earlier_manifest(40);
  manifest.head.left_out = 36;
  EXPECT_THAT(text_of(notice_of(manifest, "s3://acme/tableau/backup_x")),
              HasSubstr("; 36 are left out by the configuration"));
}

TEST(Notice, OfAPartialOneSaysWhatWhyAndWhatToDo) {
  const auto text = text_of(notice_of(next_manifest(40), "s3://acme/tableau/backup_x"));
  EXPECT_THAT(text, HasSubstr("PARTIAL. 37 of 40 items saved"));
  EXPECT_THAT(text, HasSubstr("504 (Gateway Timeout)"));
  EXPECT_THAT(text, HasSubstr("- permissions of 'Finance/KPIs/Pipeline 10': the site answered an internal error to "
                              "each of 5 tries (500000)\n"));
  EXPECT_THAT(text, HasSubstr("nothing on it changed"));
  EXPECT_THAT(text, HasSubstr("To do: run the backup again"));
  EXPECT_THAT(text, Not(HasSubstr("damaged on the site")));  // accepted
}

TEST(Notice, NamesAnItemOnceAndHowOftenItWasTried) {
  auto manifest = next_manifest(40);
  for (auto& entry : manifest.entries)
    if (entry.outcome == test::Outcome::failed && !entry.accepted) {
      entry.reason = fmt::format("saving workbooks '{}': host answered 500", entry.natural_key);
      entry.tries = 3;
    }
  const auto text = text_of(notice_of(manifest, "s3://acme/tableau/backup_x"));
  EXPECT_THAT(text, HasSubstr("': host answered 500 (tried 3 times)\n"));
  EXPECT_THAT(text, Not(HasSubstr("saving workbooks")));
}

TEST(Notice, OfAThousandFailuresFitsTwelveLines) {
  auto manifest = next_manifest(1000);
  for (auto& entry : manifest.entries) test::fail(entry, 0, std::string(5000, 'x') + "\nline\r\n\u202E");
  manifest.head.notes.assign(50, "a note\nof lines");
  const auto text = text_of(notice_of(manifest, "s3://acme/tableau/backup_x"));
  EXPECT_LE(lines_of(text), kNoticeLines);
  EXPECT_LT(text.size(), 5000U);
  EXPECT_THAT(text, HasSubstr("- and 996 more, all in report.html\n"));
  EXPECT_EQ(text.find('\r'), std::string::npos);
  EXPECT_EQ(text.find("\u202E"), std::string::npos);
}

TEST(Notice, OfAFailureSaysWhatStillStands) {
  const base::Error error(base::ErrorKind::denied, "signing in: 401001\nthe token is revoked\n\nmake a new one");
  EXPECT_EQ(
      text_of(notice_of_failure("site sales", error, {.known = true, .newest = "backup_a", .begun = true})),
      "Backup of site sales: FAILED. No new snapshot is complete.\nsigning in: 401001\nthe token is revoked\nmake a "
      "new one\n"
      "The site was only read; nothing on it changed.\nThe newest complete snapshot is still there: backup_a\n"
      "To do: mend what is named above and run the backup again within 6 hours: it goes on where this one stopped.\n");
}

TEST(Notice, OfAFailurePromisesNothingThatIsNotKnown) {
  const base::Error error(base::ErrorKind::denied, "signing in: 401001");
  const auto first = text_of(notice_of_failure("site sales", error, {.known = true}));
  EXPECT_THAT(first, HasSubstr("There is no complete snapshot of this site yet."));
  EXPECT_THAT(first, HasSubstr("run the backup again.\n"));
  EXPECT_THAT(first, Not(HasSubstr("goes on")));
  EXPECT_THAT(text_of(notice_of_failure("site sales", error, {})), Not(HasSubstr("complete snapshot of this site")));
  // another one is at work: what is begun is that one's
  const base::Error refused(base::ErrorKind::refused, "another backup is at work");
  EXPECT_THAT(text_of(notice_of_failure("site sales", refused, {.known = true, .begun = true})),
              Not(HasSubstr("goes on")));
}

TEST(Notice, OfAStoppedOneBlamesNothing) {
  const base::Error stopped(base::ErrorKind::cancelled, "saving workbooks 'Sales': cancelled");
  EXPECT_EQ(text_of(notice_of_failure("site sales", stopped, {.known = true, .newest = "backup_a", .begun = true})),
            "Backup of site sales: STOPPED (Ctrl-C or SIGTERM). No new snapshot is complete.\n"
            "The site was only read; nothing on it changed.\nThe newest complete snapshot is still there: backup_a\n"
            "To do: run the backup again within 6 hours: it goes on where this one stopped.\n");
}

class StandingTest : public ShelfTest {};

TEST_F(StandingTest, IsThatOfTheSiteAlone) {
  const auto now = std::chrono::floor<std::chrono::seconds>(store_.now());
  full_draft(now - std::chrono::hours(30), "sales").seal();
  full_draft(now - std::chrono::hours(20), "other").seal();
  const auto sales = standing_of(store_, "sales");
  EXPECT_TRUE(sales.known);
  EXPECT_EQ(sales.newest, snapshot_name("sales", now - std::chrono::hours(30)));
  EXPECT_FALSE(sales.begun);
  const auto none = standing_of(store_, "");
  EXPECT_TRUE(none.known);
  EXPECT_EQ(none.newest, "");
}

TEST_F(StandingTest, ARunIsBegunWhereTheNextOneGoesOnWithIt) {
  const auto now = std::chrono::floor<std::chrono::seconds>(store_.now());
  full_draft(now - std::chrono::hours(8)).work();
  EXPECT_FALSE(standing_of(store_, "sales").begun);
  full_draft(now - std::chrono::hours(2)).work();
  EXPECT_TRUE(standing_of(store_, "sales").begun);
}

TEST(Notice, OfALongErrorFitsTwelveLines) {
  std::string message = "a";
  for (int i = 0; i < 100; ++i) message += "\nline";
  const base::Error error(base::ErrorKind::io, message);
  EXPECT_LE(notice_of_failure("site sales", error, {.known = true, .begun = true}).size(), kNoticeLines);
}

}  // namespace
}  // namespace tabferry::backup
