#include "backup/snapshots.h"

#include <gmock/gmock.h>

#include "base/error.h"
#include "unit/backup/shelf.h"

namespace tabferry::backup {
namespace {

using State = Snapshot::State;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::ThrowsMessage;

class SnapshotsTest : public ShelfTest {
 protected:
  std::string make(const std::string& time, const std::string& status = "complete", const std::string& site = "sales") {
    Draft draft(store_, site, at(time));
    draft.file("README.txt", "x");
    draft.manifest.head.status = status;
    draft.work();
    draft.seal();
    return draft.name;
  }
  std::string begin(const std::string& time) {
    Draft draft(store_, "sales", at(time));
    draft.work();
    return draft.name;
  }
  std::string found(std::string_view text, const std::string& site = "") {
    return resolve_snapshot(store_, text, site).folder.name;
  }
  auto resolving(std::string_view text, const std::string& site = "") {
    return [this, text, site] { resolve_snapshot(store_, text, site); };
  }
  std::vector<std::string> states() {
    std::vector<std::string> all;
    for (const auto& one : find_snapshots(store_, {}))
      all.push_back(fmt::format("{} {}", one.folder.name.substr(27), name_of(one.state)));
    return all;
  }
};

TEST_F(SnapshotsTest, TellsEachFoldersState) {
  make("2026-11-20T01:00:00Z");
  make("2026-11-21T01:00:00Z", "partial");
  begin("2026-11-22T01:00:00Z");
  overwrite("backup_tableau_cloud_sales_20261119_010000/workbooks/a.twbx", "of the sample");
  overwrite("backup_tableau_cloud_sales_20261118_010000.work/lists-1/users.jsonl", "of a run that never planned");
  overwrite("backup_tableau_cloud_sales_20261117_010000.work/pruned.json", "{}");
  overwrite("backup_tableau_cloud_sales_20261117_010000/workbooks/a.twbx", "others name it");
  overwrite("locks/x.json", "{}");
  overwrite("backup_tableau_cloud_notes.txt", "no snapshot");
  EXPECT_THAT(states(),
              ElementsAre("20261117_010000 pruned", "20261118_010000 incomplete", "20261119_010000 foreign",
                          "20261120_010000 complete", "20261121_010000 partial", "20261122_010000 incomplete"));
  const auto snapshots = find_snapshots(store_, {});
  EXPECT_FALSE(snapshots[1].planned);
  EXPECT_TRUE(snapshots[5].planned);
  EXPECT_EQ(snapshots[5].site.luid, "site-luid");
  EXPECT_EQ(snapshots[3].head.site.server, "https://tableau.example");
}

TEST_F(SnapshotsTest, ADamagedManifestIsTold) {
  const auto name = make("2026-11-20T01:00:00Z");
  auto bytes = bytes_of(manifest_key(name));
  bytes[bytes.find("complete")] = 'C';
  overwrite(manifest_key(name), bytes);
  EXPECT_THAT(states(), ElementsAre("20261120_010000 damaged"));
  EXPECT_THAT(find_snapshots(store_, {})[0].trouble, HasSubstr(manifest_key(name)));
  EXPECT_THROW(expect_readable(store_, resolve_snapshot(store_, name, "")), base::Error);
  const auto older = make("2026-11-19T01:00:00Z");
  EXPECT_EQ(found("latest"), name) << "and is not passed over";
  EXPECT_EQ(found("latest~1"), older);
  EXPECT_EQ(found("2026-11-20"), name);
}

TEST_F(SnapshotsTest, LatestCountsCompleteAndPartialOnesBack) {
  const auto first = make("2026-11-20T01:00:00Z");
  const auto second = make("2026-11-21T01:00:00Z", "partial");
  begin("2026-11-22T01:00:00Z");
  EXPECT_EQ(found("latest"), second);
  EXPECT_EQ(found("latest~0"), second);
  EXPECT_EQ(found("latest~1"), first);
  EXPECT_THAT(resolving("latest~2"), ThrowsMessage<base::Error>(HasSubstr("no more than 2 snapshots")));
}

TEST_F(SnapshotsTest, ADateIsTheNewestCompleteOneOfThatDay) {
  make("2026-11-20T01:00:00Z");
  const auto second = make("2026-11-20T22:00:00Z");
  make("2026-11-20T23:59:59Z", "partial");
  const auto partial = make("2026-11-21T00:00:00Z", "partial");
  EXPECT_EQ(found("2026-11-20"), second);
  EXPECT_EQ(found("20261120"), second);
  EXPECT_THAT(resolving("2026-11-21"), ThrowsMessage<base::Error>(HasSubstr(partial + " (partial)")));
  EXPECT_THAT(resolving("2026-11-19"), ThrowsMessage<base::Error>(HasSubstr("no snapshot of that day")));
}

TEST_F(SnapshotsTest, ANameOrItsOwnBeginningIsFoundInAnyState) {
  const auto first = make("2026-11-20T01:00:00Z");
  const auto second = begin("2026-11-21T01:00:00Z");
  EXPECT_EQ(found(first), first);
  EXPECT_EQ(found("backup_tableau_cloud_sales_20261121"), second);
  EXPECT_EQ(resolve_snapshot(store_, second, "").state, State::incomplete);
  EXPECT_THAT(resolving("backup_tableau_cloud_sales_2026"),
              ThrowsMessage<base::Error>(AllOf(HasSubstr("2 snapshots"), HasSubstr(second))));
  EXPECT_THAT(resolving("backup_x"), ThrowsMessage<base::Error>(HasSubstr("none whose name begins so")));
  EXPECT_THAT(resolving(""), ThrowsMessage<base::Error>(HasSubstr("no snapshot is named")));
}

TEST_F(SnapshotsTest, OfSeveralSitesOneMustBeNamed) {
  const auto sales = make("2026-11-20T01:00:00Z");
  const auto other = make("2026-11-21T01:00:00Z", "complete", "ops_emea");
  EXPECT_THAT(resolving("latest"),
              ThrowsMessage<base::Error>(AllOf(HasSubstr("ops_emea, sales"), HasSubstr("--site"))));
  EXPECT_EQ(found("latest", "sales"), sales);
  EXPECT_EQ(found("latest", "ops_emea"), other);
  EXPECT_EQ(found("2026-11-20", "sales"), sales);
  EXPECT_EQ(found(sales, "ops_emea"), sales) << "a name says it all";
}

TEST_F(SnapshotsTest, AnEmptyStoreHasNone) {
  EXPECT_TRUE(find_snapshots(store_, {}).empty());
  EXPECT_THAT(resolving("latest"), ThrowsMessage<base::Error>(HasSubstr("holds no snapshot")));
}

TEST_F(SnapshotsTest, TheNewestOfASiteIsSoughtNoFurtherThanNeeded) {
  const auto damaged = make("2026-11-19T01:00:00Z");
  overwrite(manifest_key(damaged), "damaged, and never read");
  const auto complete = make("2026-11-20T01:00:00Z");
  const auto partial = make("2026-11-21T01:00:00Z", "partial");
  const auto begun = begin("2026-11-22T01:00:00Z");
  make("2026-11-22T01:00:00Z", "partial", "never");
  const auto sites = newest_of_each_site(store_, "");
  ASSERT_EQ(sites.size(), 2U);
  EXPECT_EQ(sites[0].site, "never");
  EXPECT_FALSE(sites[0].complete);
  EXPECT_EQ(sites[1].complete->folder.name, complete);
  ASSERT_EQ(sites[1].newer.size(), 2U);
  EXPECT_EQ(sites[1].newer[0].folder.name, begun);
  EXPECT_EQ(sites[1].newer[1].folder.name, partial);
  EXPECT_EQ(newest_of_each_site(store_, "sales").size(), 1U);
}

}  // namespace
}  // namespace tabferry::backup
