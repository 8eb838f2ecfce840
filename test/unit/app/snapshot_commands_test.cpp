#include "app/snapshot_commands.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "unit/backup/shelf.h"

namespace tabferry::app {
namespace {

using backup::Draft;
using testing::HasSubstr;

class SnapshotCommands : public backup::ShelfTest {
 protected:
  SnapshotCommands() {
    std::ofstream(config_)
        << "sites: {prod: {server: \"http://127.0.0.1:1\", site: sales, auth: {pat_name: a, pat_secret: \"env:S\"}}}\n"
        << "store: " << root_.string() << "\nprune: {keep_last: 1}\n";
    flags_.config_file = config_.string();
  }
  Draft make(const std::string& time, const std::string& site = "sales") {
    auto draft = full_draft(backup::at(time), site);
    draft.seal();
    return draft;
  }
  Caller caller() { return {flags_, environment_, silent_, {}}; }

  std::filesystem::path config_ = temp_.path() / "tabferry.yaml";
  Flags flags_;
  Environment environment_ = [](const std::string&) { return std::nullopt; };
};

TEST_F(SnapshotCommands, ListsWhatThereIs) {
  EXPECT_THAT(list_snapshots(caller()).report.headline, HasSubstr("0 snapshots"));
  make("2026-11-20T01:00:00Z");
  make("2026-11-21T01:00:00Z", "ops");
  auto details = list_snapshots(caller()).report.details;
  ASSERT_EQ(details["snapshots"].size(), 2U);
  EXPECT_EQ(details["snapshots"][0]["state"], "complete");
  flags_.site = "prod";
  EXPECT_EQ(list_snapshots(caller()).report.details["snapshots"].size(), 1U);
  EXPECT_EQ(details["snapshots"][0]["items"], list_contents(caller(), "latest", "").report.details["items"].size());
  const auto listed = list_contents(caller(), "latest", "workbooks:").report.details;
  EXPECT_EQ(listed["snapshot"], "backup_tableau_cloud_sales_20261120_010000");
  EXPECT_EQ(listed["items"].size(), 2U);
  EXPECT_EQ(listed["files"].size(), 0U);
}

TEST_F(SnapshotCommands, SaysWhatToAskForWhereNothingIsFound) {
  make("2026-11-20T01:00:00Z");
  const auto end = list_contents(caller(), "latest", "Finance");
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_THAT(report::to_text(end.report), HasSubstr("what is in the project: 'Finance/**'"));
}

TEST_F(SnapshotCommands, ExitCodesTellWhatWasFound) {
  const auto draft = make("2026-11-20T01:00:00Z");
  EXPECT_EQ(verify_snapshot(caller(), "latest", false).exit_code, 0);
  EXPECT_EQ(get_contents(caller(), "latest", "flows:", temp_.path() / "out").exit_code, 0);
  erase(draft.manifest.entries[0].key);
  const auto verified = verify_snapshot(caller(), "latest", false);
  EXPECT_EQ(verified.exit_code, 4);
  EXPECT_EQ(verified.report.details["problems"][0]["key"], draft.manifest.entries[0].key);
  EXPECT_EQ(get_contents(caller(), "latest", "Finance/Sales", temp_.path() / "out").exit_code, 1);
  EXPECT_EQ(get_contents(caller(), "latest", "workbooks:", temp_.path() / "out").exit_code, 3);
  overwrite(draft.name + "/manifest.json", "damaged");
  EXPECT_EQ(verify_snapshot(caller(), draft.name, false).exit_code, 4);
}

TEST_F(SnapshotCommands, StatusIsAboutTheLastCompleteOne) {
  EXPECT_EQ(tell_status(caller(), {}).exit_code, 4) << "there is none";
  EXPECT_EQ(tell_status(caller(), parse_age("26h")).exit_code, 4);
  make("2020-01-01T00:00:00Z");
  EXPECT_EQ(tell_status(caller(), {}).exit_code, 0);
  EXPECT_EQ(tell_status(caller(), parse_age("26h")).exit_code, 4);
  const auto now = std::chrono::floor<std::chrono::seconds>(base::system_clock().now());
  make(base::iso_time(now - std::chrono::hours(25)));
  EXPECT_EQ(tell_status(caller(), parse_age("26h")).exit_code, 0);
  const auto old = tell_status(caller(), parse_age("24h"));
  EXPECT_EQ(old.exit_code, 4);
  EXPECT_TRUE(old.report.details["sites"][0]["too_old"]);
  for (const auto* text : {"", "26", "h", "26 h", "-1h", "1y", "9999999d"})
    EXPECT_THROW(parse_age(text), base::Error) << text;
}

TEST_F(SnapshotCommands, RulesOfTheCommandLineReplaceTheConfigurations) {
  for (const auto* time : {"2026-11-20T01:00:00Z", "2026-11-21T01:00:00Z", "2026-11-22T01:00:00Z"}) make(time);
  const auto stay = [&](const PruneRequest& request) {
    size_t count = 0;
    const auto end = prune_snapshots(caller(), request);
    for (const auto& one : end.report.details["snapshots"])
      if (one["stays"] == true) ++count;
    return count;
  };
  EXPECT_EQ(stay({.keep = {.keep_last = 2}, .keep_tags = {}, .only_tags = {}, .dry_run = true}), 2U);
  EXPECT_EQ(stay({.keep = {}, .keep_tags = {}, .only_tags = {}, .dry_run = true}), 1U);
  EXPECT_EQ(list_snapshots(caller()).report.details["snapshots"].size(), 3U);
  EXPECT_EQ(stay({}), 1U);
  EXPECT_EQ(list_snapshots(caller()).report.details["snapshots"].size(), 1U);
}

}  // namespace
}  // namespace tabferry::app
