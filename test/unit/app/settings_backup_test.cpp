// `backup:`, `prune:`, `limits:`.
#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::StartsWith;
using namespace std::chrono_literals;

class SettingsBackup : public ConfigFixture {
 protected:
  BackupSettings backup(const std::string& keys) { return load("backup: {" + keys + "}\n").backup; }
  std::string error(const std::string& keys) { return error_of("backup: {" + keys + "}\n"); }
};

TEST_F(SettingsBackup, Defaults) {
  const auto usual = load("store: file:///x\n").backup;
  EXPECT_THAT(usual.kinds, ElementsAre("workbooks", "datasources", "flows", "metadata"));
  EXPECT_EQ(usual.revisions, 0U);
  EXPECT_THAT(usual.include, IsEmpty());
  EXPECT_THAT(usual.exclude, IsEmpty());
  EXPECT_EQ(usual.full_every, std::chrono::hours(168));
  EXPECT_EQ(usual.incremental, BackupSettings::Incremental::reference);
  EXPECT_EQ(usual.scope, BackupSettings::Scope::admin);
  EXPECT_EQ(usual.lanes, 32);
  EXPECT_FALSE(usual.max_failures.count);
  EXPECT_EQ(usual.max_failures.percent, 10U);
  EXPECT_EQ(usual.max_failures.at_least, 20U);
  EXPECT_THAT(usual.max_per_kind, IsEmpty());
}

TEST_F(SettingsBackup, EffectiveSettingsAreShownWithTheirPlaces) {
  const auto settings = load("store: file:///x\nbackup:\n  full_every: 36h\n  exclude: [\"Scratch/**\", \"flows:*\"]\n");
  EXPECT_EQ(origin_of(settings, "backup.full_every"), "36h (tabferry.yaml:3)");
  EXPECT_EQ(origin_of(settings, "backup.exclude"), "Scratch/**, flows:* (tabferry.yaml:4)");
  EXPECT_EQ(origin_of(settings, "backup.incremental"), "reference (default)");
  EXPECT_EQ(origin_of(settings, "backup.max_failures"), "10%, at least 20 (default)");
  EXPECT_EQ(origin_of(load("store: file:///x\n"), "backup.kinds"), "workbooks, datasources, flows, metadata (default)");
  EXPECT_EQ(origin_of(load("memory: 1GiB\n"), "backup.kinds"), "") << "who only publishes does not see them";
}

TEST_F(SettingsBackup, Kinds) {
  const auto some = backup("kinds: [flows, metadata]");
  EXPECT_TRUE(some.takes("flows") && some.takes("metadata"));
  EXPECT_FALSE(some.takes("workbooks") || some.takes("revisions"));
  EXPECT_THAT(backup("kinds: workbooks").kinds, ElementsAre("workbooks"));
  EXPECT_EQ(error("kinds: [workbook]"),
            "tabferry.yaml:1: backup.kinds[0]: 'workbook' is none of workbooks, datasources, flows, metadata, revisions "
            "(did you mean workbooks?)");
  EXPECT_THAT(error("kinds: [flows, flows]"), HasSubstr("backup.kinds[1]: flows stands here twice"));
  EXPECT_THAT(error("kinds: []"), HasSubstr("names no kind"));
  EXPECT_THAT(error("kinds: [revisions]"), HasSubstr("names no kind"));
  EXPECT_THAT(error("kinds: 7"), HasSubstr("is a number; a list ([A, B]) is wanted"));
}

TEST_F(SettingsBackup, Revisions) {
  EXPECT_EQ(backup("kinds: [workbooks, revisions]").revisions, kUsualRevisions);
  EXPECT_EQ(backup("kinds: [workbooks, revisions], revisions: 3").revisions, 3U);
  EXPECT_EQ(backup("revisions: 5").revisions, 5U);
  EXPECT_TRUE(backup("revisions: 5").takes("revisions"));
  EXPECT_THAT(error("kinds: [workbooks, revisions], revisions: 0"), HasSubstr("take one of the two out"));
  EXPECT_THAT(error("revisions: -1"), HasSubstr("-1 is no whole number from 0 to 10000"));
  EXPECT_THAT(error("revisions: 1.5"), HasSubstr("1.5 is no whole number"));
  EXPECT_THAT(error("revisions: \"5\""), HasSubstr("is text; a whole number (without quotes) is wanted"));
}

TEST_F(SettingsBackup, SelectorsKeepTheirPlaces) {
  const auto settings = load("backup:\n  include: Finance/**\n  exclude:\n    - A\n    - \"workbooks:B/*\"\n").backup;
  ASSERT_EQ(settings.include.size(), 1U);
  EXPECT_EQ(settings.include[0].text, "Finance/**");
  EXPECT_EQ(without_folder(settings.include[0].place), "tabferry.yaml:2: backup.include");
  ASSERT_EQ(settings.exclude.size(), 2U);
  EXPECT_EQ(settings.exclude[1].text, "workbooks:B/*");
  EXPECT_EQ(without_folder(settings.exclude[1].place), "tabferry.yaml:5: backup.exclude[1]");
}

TEST_F(SettingsBackup, FullEvery) {
  EXPECT_EQ(backup("full_every: 1d").full_every, std::chrono::hours(24));
  EXPECT_EQ(backup("full_every: 36h").full_every, std::chrono::hours(36));
  EXPECT_EQ(backup("full_every: never").full_every, std::nullopt);
  for (const char* wrong : {"7", "0d", "7w", "soon", "\"\"", "-1d", "99999999999d", "1d2"})
    EXPECT_THAT(error("full_every: " + std::string(wrong)), StartsWith("tabferry.yaml:1: backup.full_every: ")) << wrong;
}

TEST_F(SettingsBackup, Words) {
  EXPECT_EQ(backup("incremental: copy").incremental, BackupSettings::Incremental::copy);
  EXPECT_EQ(backup("incremental: off").incremental, BackupSettings::Incremental::off);
  EXPECT_THAT(error("incremental: refrence"), HasSubstr("did you mean reference?"));
  EXPECT_EQ(backup("scope: visible").scope, BackupSettings::Scope::visible);
  EXPECT_THAT(error("scope: all"), HasSubstr("'all' is none of admin, visible"));
  EXPECT_EQ(backup("concurrency: 4").lanes, 4);
  EXPECT_THAT(error("concurrency: 0"), HasSubstr("0 is no whole number from 1 to 256"));
  EXPECT_THAT(error("concurency: 4"), HasSubstr("did you mean concurrency?"));
}

TEST_F(SettingsBackup, MaxFailures) {
  EXPECT_EQ(backup("max_failures: 3").max_failures.count, 3U);
  EXPECT_EQ(backup("max_failures: 0").max_failures.count, 0U);
  EXPECT_FALSE(backup("max_failures: 5%").max_failures.count);
  EXPECT_EQ(backup("max_failures: 5%").max_failures.percent, 5U);
  for (const char* wrong : {"101%", "'%'", "many", "1.5%", "\"5\""})
    EXPECT_THAT(error("max_failures: " + std::string(wrong)), HasSubstr("is neither a number of items")) << wrong;
}

TEST_F(SettingsBackup, AcceptedMissing) {
  const auto rule = backup("accept_missing: [{selector: \"Old/*\", reason: gone soon, until: \"2027-01-31\"}]").accept_missing.at(0);
  EXPECT_EQ(rule.selector.text, "Old/*");
  EXPECT_EQ(rule.reason, "gone soon");
  EXPECT_EQ(rule.ends, base::parse_iso_time("2027-02-01T00:00:00Z")) << "the last day counts";
  EXPECT_THAT(error("accept_missing: [{selector: x, until: \"2027-01-31\"}]"),
              HasSubstr("backup.accept_missing[0]: reason is missing"));
  EXPECT_THAT(error("accept_missing: [{selector: x, reason: y}]"), HasSubstr("until is missing"));
  EXPECT_THAT(error("accept_missing: [{selector: x, reason: y, until: soon}]"), HasSubstr("'soon' is no day"));
  EXPECT_THAT(error("accept_missing: [{selektor: x}]"), HasSubstr("did you mean selector?"));
  EXPECT_THAT(error("accept_missing: [x]"), HasSubstr("is text; a map"));
}

TEST_F(SettingsBackup, Caps) {
  EXPECT_THAT(backup("max_per_kind: {workbooks: 3, flows: 0}").max_per_kind,
              ElementsAre(Pair("flows", 0U), Pair("workbooks", 3U)));
  EXPECT_THAT(error("max_per_kind: {views: 3}"), HasSubstr("backup.max_per_kind.views: unknown key"));
}

TEST_F(SettingsBackup, Prune) {
  const auto prune = load("prune: {keep_last: 3, keep_daily: 7, keep_weekly: 4, keep_monthly: 12, keep_yearly: 2, keep_hourly: 1}\n").prune;
  EXPECT_EQ(prune.keep_last, 3U);
  EXPECT_EQ(prune.keep_hourly, 1U);
  EXPECT_EQ(prune.keep_daily, 7U);
  EXPECT_EQ(prune.keep_weekly, 4U);
  EXPECT_EQ(prune.keep_monthly, 12U);
  EXPECT_EQ(prune.keep_yearly, 2U);
  EXPECT_FALSE(load("store: x\n").prune.keeps_any());
  EXPECT_THAT(error_of("prune: {keep_daily: 0}\n"), HasSubstr("prune: keeps nothing"));
  EXPECT_THAT(error_of("prune: {keep_dayly: 7}\n"), HasSubstr("did you mean keep_daily?"));
}

TEST_F(SettingsBackup, RequestBudget) {
  const auto site = [](const std::string& server, const std::string& more = "") {
    return "tableau: {server: \"" + server + "\", site: s, auth: {pat_name: p, pat_secret: \"env:X\"}}\n" + more;
  };
  const auto budget = [&](const std::string& text) {
    const auto settings = load(text);
    EXPECT_EQ(site_options(settings.sites.at(0), settings, environment()).requests_per_hour,
              requests_per_hour_of(settings.sites.at(0), settings));
    return requests_per_hour_of(settings.sites.at(0), settings);
  };
  EXPECT_EQ(budget(site("https://eu-west-1a.online.tableau.com")), 30'000U);
  EXPECT_EQ(budget(site("https://tableau.example.com")), 0U);
  EXPECT_EQ(budget(site("https://tableau.example.com", "limits: {requests_per_hour: 100}\n")), 100U);
  EXPECT_EQ(budget(site("https://eu-west-1a.online.tableau.com", "limits: {requests_per_hour: 0}\n")), 0U);
  EXPECT_EQ(share_of(30'000, 4), 7'500U);
  EXPECT_EQ(share_of(3, 8), 1U) << "0 would be no limit";
  EXPECT_EQ(share_of(0, 8), 0U);
  EXPECT_EQ(share_of(100, 0), 100U);
}

}  // namespace
}  // namespace tabferry::app
