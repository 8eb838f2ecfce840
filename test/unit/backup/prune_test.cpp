#include "backup/prune.h"

#include <gmock/gmock.h>

#include "backup/lease.h"
#include "backup/verify.h"
#include "base/error.h"
#include "support/failing_store.h"
#include "support/fake_clock.h"
#include "unit/backup/shelf.h"

namespace tabferry::backup {
namespace {

namespace fs = std::filesystem;
using State = Snapshot::State;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::ThrowsMessage;
using testing::UnorderedElementsAre;

// A bucket with Object Lock.
class LockedStore : public store::FailingStore {
 public:
  using FailingStore::FailingStore;
  std::optional<base::WallTime> locked_until(std::string_view key) const override {
    for (const auto& [part, until] : locks)
      if (key.find(part) != std::string_view::npos) return until;
    return at("2026-11-01T00:00:00Z");  // a lock that is over
  }
  std::map<std::string, base::WallTime> locks;
};

// Late enough that what is incomplete is old.
class PruneTest : public ShelfTest {
 protected:
  Pruned run(const Retention& retention, bool dry_run = false) { return run(clocked_, retention, dry_run); }
  Pruned run(const store::Store& store, const Retention& retention, bool dry_run = false) {
    return prune(store, {.retention = retention, .site = site_, .dry_run = dry_run}, base::system_clock(), silent_, {});
  }

  // Four days: a is new in the first and named by all; b is new in each; the second day's c is named by the fourth's
  // last_good.
  void four_days() {
    Draft first(store_, "sales", at("2026-11-01T01:00:00Z"));
    const auto a = first.item("workbooks", "workbooks/a.bin", "A", "bytes of a");
    first.item("workbooks", "workbooks/b.bin", "B", "b of day 1");
    first.file("README.txt", "x");
    first.work();
    first.seal();
    Draft second(store_, "sales", at("2026-11-02T01:00:00Z"));
    second.reference(a);
    second.item("workbooks", "workbooks/b.bin", "B", "b of day 2");
    const auto c = second.item("workbooks", "workbooks/c.bin", "C", "bytes of c");
    second.work();
    second.seal();
    Draft third(store_, "sales", at("2026-11-03T01:00:00Z"));
    third.reference(a);
    third.item("workbooks", "workbooks/b.bin", "B", "b of day 3");
    third.work();
    third.seal();
    Draft fourth(store_, "sales", at("2026-11-04T01:00:00Z"));
    fourth.reference(a);
    fourth.item("workbooks", "workbooks/b.bin", "B", "b of day 4");
    fourth.failed("workbooks", "C").last_good = Earlier{.key = c.key, .size_bytes = c.size_bytes, .sha256 = c.sha256};
    fourth.work();
    fourth.seal();
    names_ = {first.name, second.name, third.name, fourth.name};
  }
  std::set<std::string> of(size_t day) const { return keys(names_[day - 1]); }
  std::set<std::string> in(size_t day, const std::vector<std::string>& paths) const {
    std::set<std::string> all;
    for (const auto& path : paths) all.insert(names_[day - 1] + path);
    return all;
  }
  // Whatever happened: each snapshot that has a manifest is whole.
  void expect_all_whole() {
    for (const auto& one : find_snapshots(store_, {})) {
      EXPECT_NE(one.state, State::damaged) << one.folder.name;
      if (!one.readable()) continue;
      const auto verified = verify(store_, one.folder.name, {}, silent_, {});
      for (const auto& problem : verified.problems)
        EXPECT_TRUE(problem.harmless) << one.folder.name << ": " << problem.key << " " << problem.what;
    }
  }

  test::FakeClock clock_{at("2026-12-01T00:00:00Z")};
  store::DirStore clocked_{root_, "s3://shelf/", clock_};
  std::string site_;
  std::vector<std::string> names_;
};

TEST_F(PruneTest, TakesAwayWhatNobodyNames) {
  four_days();
  const auto pruned = run({.last = 1});
  EXPECT_EQ(of(1), in(1, {"/workbooks/a.bin", ".work/pruned.json"}));
  EXPECT_EQ(of(2), in(2, {"/workbooks/c.bin", ".work/pruned.json"})) << "a last good one";
  EXPECT_THAT(of(3), IsEmpty());
  EXPECT_EQ(of(4).size(), 4U);
  expect_all_whole();
  ASSERT_EQ(pruned.snapshots.size(), 4U);
  EXPECT_FALSE(pruned.snapshots[0].stays);
  EXPECT_EQ(pruned.snapshots[0].named, 1U);
  EXPECT_EQ(pruned.snapshots[0].objects, 5U) << "b, README, manifest, plan, receipts";
  EXPECT_TRUE(pruned.snapshots[3].stays);
}

TEST_F(PruneTest, WhatWasNamedGoesWithTheLastThatNamesIt) {
  four_days();
  run({.last = 1});
  Draft fifth(store_, "sales", at("2026-11-05T01:00:00Z"));
  fifth.item("workbooks", "workbooks/z.bin", "Z", "z");
  fifth.seal();
  const auto pruned = run({.last = 1});
  EXPECT_THAT(snapshot_folders(store_), testing::SizeIs(1));
  EXPECT_EQ(keys("backup_").size(), 2U) << "z and its manifest";
  EXPECT_EQ(pruned.snapshots[0].state, State::pruned);
  EXPECT_FALSE(pruned.snapshots[0].stays);
}

TEST_F(PruneTest, ADryRunTellsTheSameAndTakesNothing) {
  four_days();
  const auto before = keys();
  const auto dry = run({.last = 1}, true);
  EXPECT_EQ(keys(), before);
  const auto real = run({.last = 1});
  ASSERT_EQ(dry.snapshots.size(), real.snapshots.size());
  for (size_t i = 0; i < dry.snapshots.size(); ++i) {
    EXPECT_EQ(dry.snapshots[i].stays, real.snapshots[i].stays) << i;
    EXPECT_EQ(dry.snapshots[i].objects, real.snapshots[i].objects) << i;
    EXPECT_EQ(dry.snapshots[i].bytes, real.snapshots[i].bytes) << i;
    EXPECT_EQ(dry.snapshots[i].named, real.snapshots[i].named) << i;
    EXPECT_EQ(dry.snapshots[i].reason, real.snapshots[i].reason) << i;
  }
}

TEST_F(PruneTest, ForeignFoldersAreNeverTouched) {
  four_days();
  overwrite("backup_tableau_cloud_sales_20261031_010000/workbooks/a.bin", "of the sample");
  overwrite("ledgers/x.json", "{}");
  run({.last = 1});
  EXPECT_THAT(keys(), Contains("backup_tableau_cloud_sales_20261031_010000/workbooks/a.bin"));
  EXPECT_THAT(keys(), Contains("ledgers/x.json"));
}

TEST_F(PruneTest, WhatAnIncompletePlanTakesOverStays) {
  four_days();
  Draft begun(store_, "sales", at("2026-11-05T01:00:00Z"));
  const auto b = names_[2] + "/workbooks/b.bin";
  begun.work({{.id = "workbooks/B", .verb = Unit::Verb::reference, .kind = "workbooks", .earlier = Earlier{.key = b}}});
  run({.last = 1});
  EXPECT_EQ(of(3), in(3, {"/workbooks/b.bin", ".work/pruned.json"}));
  EXPECT_THAT(keys(begun.name), Not(IsEmpty())) << "nothing newer is complete";
}

TEST_F(PruneTest, AnOldIncompleteOneGoes) {
  Draft begun(store_, "sales", at("2026-10-31T01:00:00Z"));
  begun.item("workbooks", "workbooks/x.bin", "X", "x");
  begun.work();
  overwrite("backup_tableau_cloud_sales_20261030_010000.work/lists-1/users.jsonl", "never planned");
  four_days();
  run({.last = 9});
  EXPECT_THAT(keys(begun.name), IsEmpty());
  EXPECT_THAT(keys("backup_tableau_cloud_sales_20261030"), IsEmpty());
  EXPECT_EQ(snapshot_folders(store_).size(), 4U);
}

TEST_F(PruneTest, EachSiteIsJudgedByItself) {
  four_days();
  Draft other(store_, "ops", at("2026-11-01T00:00:00Z"), "other-luid");
  other.file("README.txt", "x");
  other.seal();
  Draft twin(store_, "sales", at("2026-11-01T00:30:00Z"), "another-server's");
  twin.file("README.txt", "x");
  twin.seal();
  site_ = "ops";
  run({.last = 1});
  EXPECT_EQ(snapshot_folders(store_).size(), 6U) << "the others were not asked for";
  site_ = "";
  run({.last = 1});
  EXPECT_TRUE(store_.stat(manifest_key(other.name)));
  EXPECT_TRUE(store_.stat(manifest_key(twin.name))) << "a site is what its luid says";
  EXPECT_FALSE(store_.stat(manifest_key(names_[2])));
}

TEST_F(PruneTest, WhatCannotBeReadStopsItBeforeAnythingGoes) {
  four_days();
  overwrite(manifest_key(names_[3]), "{ damaged");
  const auto before = keys();
  EXPECT_THAT([&] { run({.last = 1}); },
              ThrowsMessage<base::Error>(AllOf(HasSubstr("nothing is pruned"), HasSubstr(names_[3]))));
  EXPECT_EQ(keys(), before);
}

TEST_F(PruneTest, ABackupAtWorkIsNotDisturbed) {
  four_days();
  const auto before = keys();
  const auto key = lease_key("https://tableau.example", "site-luid");
  {
    const Lease lease(store_, key, {.plan = "P", .run = "another", .host = "h", .what = "backup"},
                      base::system_clock());
    try {
      prune(store_, {.retention = {.last = 1}}, base::system_clock(), silent_, {});
      ADD_FAILURE();
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::refused) << error.what();
    }
    auto now = keys();
    now.erase(key);
    EXPECT_EQ(now, before);
  }
  prune(store_, {.retention = {.last = 1}}, base::system_clock(), silent_, {});
  EXPECT_FALSE(store_.stat(manifest_key(names_[0]))) << "released, it goes on";
}

TEST_F(PruneTest, NoRuleIsAnError) {
  EXPECT_THAT([&] { run({}); }, ThrowsMessage<base::Error>(HasSubstr("--keep-daily")));
}

TEST_F(PruneTest, WhatIsLockedStaysAndIsTold) {
  four_days();
  LockedStore locked(clocked_, 0);
  locked.locks = {{names_[0] + "/manifest.json", at("2027-01-01T00:00:00Z")},
                  {names_[2] + "/workbooks/b.bin", store::kNeverUnlocked}};
  const auto before = of(1);
  const auto pruned = run(locked, {.last = 1});
  EXPECT_EQ(of(1), before) << "a locked manifest keeps all of its snapshot";
  EXPECT_TRUE(pruned.snapshots[0].stays);
  EXPECT_EQ(of(3), in(3, {"/workbooks/b.bin", ".work/pruned.json"}));
  EXPECT_THAT(pruned.notes, UnorderedElementsAre(AllOf(HasSubstr(names_[0]), HasSubstr("2027-01-01")),
                                                 AllOf(HasSubstr("b.bin"), HasSubstr("hold"))));
  expect_all_whole();
  run({.last = 1});
  EXPECT_THAT(of(3), IsEmpty()) << "when the lock is over";
}

// At each call of the store, carried out or not: what is left is whole, and the next prune ends it.
class PruneFaults : public PruneTest {
 protected:
  void fail_each_call(store::Fault fault) {
    four_days();
    Draft begun(store_, "sales", at("2026-10-31T01:00:00Z"));
    begun.item("workbooks", "workbooks/x.bin", "X", "x");
    begun.work();
    fs::rename(root_, temp_.path() / "model");
    std::set<std::string> clean;
    for (uint64_t n = 0;; ++n) {
      fs::remove_all(root_);
      fs::copy(temp_.path() / "model", root_, fs::copy_options::recursive);
      const store::FailingStore failing(clocked_, n, fault);
      bool failed = false;
      try {
        run(failing, {.last = 1});
      } catch (const base::Error& error) {
        failed = true;
        EXPECT_THAT(error.what(), HasSubstr("on purpose")) << n;
      }
      expect_all_whole();
      if (failed) run(clocked_, {.last = 1});
      auto left = keys("backup_");
      if (n == 0) clean = left;
      EXPECT_EQ(left, clean) << "call " << n;
      if (n > 0 && failing.calls() < n) {
        EXPECT_GT(n, 60U) << "calls";
        return;
      }
    }
  }
};
TEST_F(PruneFaults, WhicheverCallFailsNothingNamedIsLost) { fail_each_call(store::Fault::before); }
TEST_F(PruneFaults, WhicheverAnswerIsLostNothingNamedIsLost) { fail_each_call(store::Fault::after); }

}  // namespace
}  // namespace tabferry::backup
