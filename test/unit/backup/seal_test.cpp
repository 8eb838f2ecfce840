// From receipts to a complete snapshot.
#include "backup/seal.h"

#include <thread>

#include "seal_fixture.h"
#include "support/failing_store.h"

namespace fs = std::filesystem;

namespace tabferry::backup {
namespace {

using base::ErrorKind;
using Outcome = Receipt::Outcome;

class SealTest : public SealFixture {
 protected:
  // `failed` of `items` workbooks failed, with an earlier copy of each.
  StoredPlan with_failures(int failed, int items) {
    Worked worked(store_);
    for (int i = 0; i < items; ++i) {
      const std::string luid = "w" + std::to_string(i);
      if (i >= failed) {
        worked.download("workbooks", luid, "Sales " + luid, "bytes of " + luid);
        continue;
      }
      const auto old = worked.done("", std::string(Worked::kBase) + "/workbooks/" + luid + ".twbx", "old " + luid);
      worked.content("workbooks", luid, "Sales " + luid).earlier =
          Earlier{old.key, old.size_bytes, old.etag, old.sha256, "2026-11-21T10:15:00Z"};
      worked.ended(Outcome::failed, 500, "it broke");
    }
    return worked.finish();
  }
  static const Entry& entry(const Manifest& manifest, const std::string& luid) {
    return *std::find_if(manifest.entries.begin(), manifest.entries.end(),
                         [&](const Entry& one) { return one.luid == luid; });
  }
};

TEST_F(SealTest, MakesACompleteSnapshot) {
  const auto stored = small_site(store_);
  const auto result = sealed(stored, {.report_page = [](const Manifest& manifest) {
                               return "<p>" + std::to_string(manifest.entries.size()) + "</p>";
                             }});
  const Manifest& manifest = result.manifest;
  EXPECT_TRUE(result.by_this_call);
  EXPECT_EQ(result.failures, 0u);
  EXPECT_EQ(manifest.head.status, "complete");
  EXPECT_EQ(manifest.head.plan_sha256, stored.sha256);
  EXPECT_EQ(manifest.head.counts.at("users"), 2u);
  EXPECT_EQ(manifest.head.counts.at("workbooks"), 2u);
  EXPECT_EQ(manifest.head.requests.at("lists"), 7u);
  EXPECT_EQ(manifest.head.requests.at("documents"), 2u);
  EXPECT_EQ(manifest.head.requests.at("downloads"), 1u);
  EXPECT_TRUE(manifest.missing.empty());
  expect_all_named(store_, manifest);
  EXPECT_EQ(bytes_of(store_, key("report.html")), "<p>2</p>");
  EXPECT_NE(bytes_of(store_, key("README.txt")).find("sales on https://host.example"), std::string::npos);
}

TEST_F(SealTest, AnEntrySaysWhereItsBytesAreAndSinceWhen) {
  const auto manifest = sealed(small_site(store_)).manifest;
  const Entry& fresh = entry(manifest, "w1");
  EXPECT_EQ(fresh.key, key("workbooks/w1_x.twbx"));
  EXPECT_EQ(fresh.as_of, "2026-11-22T10:15:00Z");
  EXPECT_EQ(fresh.rule, "new");
  const Entry& taken_over = entry(manifest, "w2");
  EXPECT_EQ(taken_over.outcome, Outcome::referenced);
  EXPECT_EQ(taken_over.key, std::string(Worked::kBase) + "/workbooks/w2_x.twbx");
  EXPECT_EQ(taken_over.as_of, "2026-11-21T10:15:00Z");
  EXPECT_EQ(taken_over.rule, "unchanged: updatedAt and attributes as before");
}

TEST_F(SealTest, ACopyIsAsOldAsItsSourceAndADownloadAfterAllIsNew) {
  Worked worked(store_);
  for (const std::string luid : {"copied", "fetched"}) {
    worked.download("workbooks", luid, luid, "bytes of " + luid);
    worked.plan.units.back().verb = Unit::Verb::copy;
    worked.plan.units.back().earlier = Earlier{"old", 1, "", "", "2026-11-21T10:15:00Z"};
  }
  worked.receipts.back().rule = "its earlier object is gone";
  const auto manifest = sealed(worked.finish()).manifest;
  EXPECT_EQ(entry(manifest, "copied").as_of, "2026-11-21T10:15:00Z");
  EXPECT_EQ(entry(manifest, "fetched").as_of, "2026-11-22T10:15:00Z");
  EXPECT_EQ(entry(manifest, "fetched").rule, "its earlier object is gone");
}

TEST_F(SealTest, EveryUnitNeedsAReceipt) {
  Worked worked(store_);
  worked.download("workbooks", "w1", "Sales", "x");
  worked.content("workbooks", "w2", "Lost");
  const auto stored = worked.finish();
  const auto thrown = thrown_by([&] { sealed(stored); });
  EXPECT_EQ(thrown.kind, ErrorKind::conflict);
  EXPECT_NE(thrown.message.find("1 of 2 units have no receipt yet, first 'workbooks/w2'"), std::string::npos)
      << thrown.message;
  EXPECT_FALSE(store_.stat(manifest_key(Worked::kSnapshot)));
  worked.add_receipts("20261122T101900.000-0123456789abcdef-000002",
                      {worked.done("workbooks/w2", key("workbooks/w2"), "y")});
  EXPECT_EQ(sealed(stored).manifest.entries.size(), 2u);
}

TEST_F(SealTest, TheReadmeSaysThatItIsPartial) {
  sealed(small_site(store_));
  EXPECT_EQ(bytes_of(store_, key("README.txt")).find("PARTIAL"), std::string::npos);
  const store::DirStore other(folder_.path() / "other", "file:///other/");
  Worked worked(other);
  worked.plan.limits = {"only some"};
  sealed_in(other, worked.finish());
  EXPECT_NE(bytes_of(other, key("README.txt")).find("This one is PARTIAL"), std::string::npos);
}

TEST_F(SealTest, TheMetadataIsComparedWithTheBases) {
  const auto first = sealed(small_site(store_));
  Manifest base = first.manifest;
  base.head.snapshot = Worked::kBase;
  create_manifest(store_, base);
  store_.remove(std::vector<std::string>{manifest_key(Worked::kSnapshot)});
  EXPECT_FALSE(first.manifest.head.metadata_compared);
  StoredPlan stored = *read_plan(store_, Worked::kSnapshot);
  stored.plan.base = Worked::kBase;
  const auto second = sealed(stored).manifest;
  EXPECT_TRUE(second.head.metadata_compared);
  EXPECT_EQ(second.metadata_changes.size(), 0U);
}

TEST_F(SealTest, ABaseThatIsGoneDoesNotFailIt) {
  Worked worked(store_);
  worked.plan.base = Worked::kBase;
  const auto manifest = sealed(worked.finish()).manifest;
  EXPECT_EQ(manifest.head.status, "complete");
  ASSERT_EQ(manifest.metadata_changes.size(), 1U);
  EXPECT_NE(manifest.metadata_changes[0].unknown.find("not there any more"), std::string::npos);
}

TEST_F(SealTest, WithoutItsOwnMetadataNothingIsSealed) {
  const auto stored = small_site(store_);
  const auto users = key("metadata_tableau/users.json");
  const SealOptions options{.report_page = [&](const Manifest&) {
    store_.remove(std::vector{users});
    return "page";
  }};
  const auto thrown = thrown_by([&] { sealed(stored, options); });
  EXPECT_EQ(thrown.kind, ErrorKind::corrupt);
  EXPECT_NE(thrown.message.find(users), std::string::npos) << thrown.message;
  EXPECT_FALSE(store_.stat(manifest_key(Worked::kSnapshot)));
  expect_all_named(store_, sealed(stored).manifest);
}

TEST_F(SealTest, AFailureIsPartialAndKeepsItsLastGoodCopy) {
  const auto result = sealed(with_failures(1, 3));
  EXPECT_EQ(result.manifest.head.status, "partial");
  EXPECT_EQ(result.failures, 1u);
  const Entry& failed = entry(result.manifest, "w0");
  EXPECT_EQ(failed.key, "");
  EXPECT_EQ(failed.reason, "it broke");
  EXPECT_EQ(failed.code, 500);
  ASSERT_TRUE(failed.last_good);
  EXPECT_EQ(bytes_of(store_, failed.last_good->key), "old w0");
}

TEST_F(SealTest, ALastGoodCopyThatIsGoneIsNotNamed) {
  const auto stored = with_failures(1, 3);
  store_.remove(std::vector{std::string(Worked::kBase) + "/workbooks/w0.twbx"});
  const auto manifest = sealed(stored).manifest;
  EXPECT_FALSE(entry(manifest, "w0").last_good);
  ASSERT_EQ(manifest.head.notes.size(), 1u);
  EXPECT_NE(manifest.head.notes[0].find("Finance/Sales w0 is not there"), std::string::npos) << manifest.head.notes[0];
}

TEST_F(SealTest, MoreFailuresThanMayBeSealNothing) {
  const auto stored = with_failures(3, 10);
  const auto thrown = thrown_by([&] { sealed(stored, {.max_failures = {.percent = 20, .at_least = 0}}); });
  EXPECT_EQ(thrown.kind, ErrorKind::transient);
  EXPECT_NE(thrown.message.find("3 of 10 items failed, 2 may"), std::string::npos) << thrown.message;
  std::vector<std::string> made;
  store_.list(key(""), [&](const store::Object& object) {
    if (object.key.find("/workbooks/") == std::string::npos) made.push_back(object.key);
  });
  EXPECT_EQ(made, std::vector<std::string>{});
  EXPECT_EQ(sealed(stored, {.max_failures = {.percent = 30, .at_least = 0}}).failures, 3u);
}

TEST_F(SealTest, TwentyMayFailOfAFewAndNotOfTheDocumentsForTheItems) {
  EXPECT_EQ(FailureBound{}.of(30), 20u);
  EXPECT_EQ(FailureBound{}.of(1'000), 100u);
  Outcomes outcomes;
  outcomes.entries.resize(100, Entry{.outcome = Outcome::failed, .last_good = {}});
  outcomes.documents = 100'000;
  EXPECT_THROW(refuse_failures(outcomes, {}), base::Error);
  outcomes.entries.resize(20);
  refuse_failures(outcomes, {});
}

TEST_F(SealTest, AcceptedFailuresAreNone) {
  const SealOptions options{
      .accept_missing = {{.selector = Selector("workbooks:Finance/*"), .reason = "known", .until = {}}},
      .max_failures = {.percent = 0, .at_least = 0}};
  const auto result = sealed(with_failures(3, 10), options);
  EXPECT_EQ(result.failures, 0u);
  EXPECT_EQ(result.manifest.head.status, "complete");
  EXPECT_TRUE(entry(result.manifest, "w0").accepted);
  EXPECT_FALSE(entry(result.manifest, "w9").accepted);
  ASSERT_EQ(result.manifest.head.notes.size(), 1u);
  EXPECT_EQ(result.manifest.head.notes[0], "accepted: 3 failures that workbooks:Finance/* names (known)");
}

TEST_F(SealTest, AnAcceptanceEnds) {
  const auto yesterday = std::chrono::floor<std::chrono::milliseconds>(store_.now() - std::chrono::hours(24));
  const SealOptions options{
      .accept_missing = {{.selector = Selector("luid:w0"), .reason = "known", .until = yesterday}}};
  const auto result = sealed(with_failures(1, 3), options);
  EXPECT_EQ(result.failures, 1u);
  EXPECT_EQ(result.manifest.head.status, "partial");
  ASSERT_EQ(result.manifest.head.notes.size(), 1u);
  EXPECT_NE(result.manifest.head.notes[0].find("not accepted since"), std::string::npos);
}

TEST_F(SealTest, AMissingDocumentIsNamed) {
  Worked worked(store_);
  worked.list("users", {});
  worked.document("permissions", "workbooks", "w1", "{}");
  worked.ended(Outcome::failed, 500, "it broke");
  worked.document("permissions", "workbooks", "w2", "{}");
  worked.ended(Outcome::unavailable, 403, "not for you");
  const auto stored = worked.finish();
  const auto result = sealed(stored);
  ASSERT_EQ(result.manifest.missing.size(), 2u);
  EXPECT_EQ(result.manifest.missing[0].unit, "permissions/workbooks/w1");
  EXPECT_EQ(result.manifest.missing[1].code, 403);
  EXPECT_EQ(result.failures, 1u);
  EXPECT_EQ(result.manifest.head.status, "partial");
}

TEST_F(SealTest, CapsAScopeAndFailedListsMakeItPartial) {
  const auto status = [&](const std::function<void(Worked&)>& change) {
    const base::TempDir folder(fast_temp_parent());
    const store::DirStore store(folder.path() / "store", "file:///store/");
    Worked worked(store);
    worked.download("workbooks", "w1", "Sales", "x");
    change(worked);
    return sealed_in(store, worked.finish()).manifest.head.status;
  };
  EXPECT_EQ(status([](Worked&) {}), "complete");
  EXPECT_EQ(status([](Worked& worked) { worked.plan.limits = {"MAX_WORKBOOKS: 1 of 5 workbooks"}; }), "partial");
  EXPECT_EQ(status([](Worked& worked) { worked.plan.scope = "visible"; }), "partial");
  EXPECT_EQ(status([](Worked& worked) { worked.list("users", {}, {.failure = "cut"}); }), "partial");
  EXPECT_EQ(status([](Worked& worked) { worked.plan.gaps = {{.kind = "webhooks", .failed = true}}; }), "partial");
  EXPECT_EQ(status([](Worked& worked) { worked.plan.gaps = {{.kind = "webhooks", .failed = false}}; }), "complete");
  EXPECT_EQ(status([](Worked& worked) {
              worked.content("workbooks", "w2", "Gone");
              worked.ended(Outcome::gone, 404006, "deleted meanwhile");
            }),
            "complete");
}

TEST_F(SealTest, AnObjectThatIsNotAsWrittenIsRefusedByName) {
  for (const bool ours : {true, false}) {
    const std::string broken = ours ? key("workbooks/w1_x.twbx") : std::string(Worked::kBase) + "/workbooks/w2_x.twbx";
    for (const std::string now : {"gone", "shorter", "another"}) {
      const base::TempDir folder(fast_temp_parent());
      const store::DirStore store(folder.path() / "store", "file:///store/");
      const auto stored = small_site(store);
      const std::string bytes = bytes_of(store, broken);
      store.remove(std::vector{broken});
      if (now == "shorter") put(store, broken, bytes.substr(1));
      if (now == "another") put(store, broken, std::string(bytes.size(), '?'));
      const auto thrown = thrown_by([&] { sealed_in(store, stored); });
      EXPECT_EQ(thrown.kind, ErrorKind::corrupt);
      EXPECT_NE(thrown.message.find(broken), std::string::npos) << thrown.message;
      EXPECT_FALSE(store.stat(manifest_key(Worked::kSnapshot)));
      EXPECT_FALSE(store.stat(key("README.txt")));
    }
  }
}

TEST_F(SealTest, TwiceIsOnce) {
  const auto stored = small_site(store_);
  sealed(stored);
  const std::string manifest = bytes_of(store_, manifest_key(Worked::kSnapshot));
  const store::FailingStore counting(store_, 0);
  const auto again = sealed_in(counting, stored);
  EXPECT_FALSE(again.by_this_call);
  EXPECT_EQ(again.manifest.entries.size(), 2u);
  EXPECT_EQ(bytes_of(store_, manifest_key(Worked::kSnapshot)), manifest);
  EXPECT_LT(counting.calls(), 10u);
}

TEST_F(SealTest, ALateReceiptChangesNothing) {
  Worked worked(store_);
  worked.content("workbooks", "w1", "Sales");
  worked.ended(Outcome::failed, 500, "it broke");
  const auto stored = worked.finish();
  sealed(stored);
  worked.add_receipts("20261122T999999.000-0123456789abcdef-000009",
                      {worked.done("workbooks/w1", key("workbooks/w1"), "x")});
  EXPECT_EQ(sealed(stored).manifest.entries[0].outcome, Outcome::failed);
}

TEST_F(SealTest, AnotherPlansManifestIsAConflict) {
  auto stored = small_site(store_);
  sealed(stored);
  stored.sha256 = std::string(64, '1');
  EXPECT_EQ(thrown_by([&] { sealed(stored); }).kind, ErrorKind::conflict);
}

// Seals again while the first one makes its page, behind which only the manifest is written.
TEST_F(SealTest, OfTwoAtOnceOneManifestStands) {
  const auto stored = small_site(store_);
  std::optional<Sealed> inner;
  const auto outer = sealed(stored, {.report_page = [&](const Manifest&) {
                              inner = sealed(stored, {.report_page = [](const Manifest&) { return "the inner page"; }});
                              return "the outer page";
                            }});
  ASSERT_TRUE(inner);
  EXPECT_TRUE(inner->by_this_call);
  EXPECT_FALSE(outer.by_this_call);
  EXPECT_EQ(outer.manifest.files.back().sha256, inner->manifest.files.back().sha256);
  expect_all_named(store_, outer.manifest);
  EXPECT_EQ(bytes_of(store_, key("report.html")), "the inner page");
  EXPECT_EQ(bytes_of(store_, key("report~2.html")), "the outer page");
}

TEST_F(SealTest, EightAtOnceAllSucceedWithOneManifest) {
  const auto stored = small_site(store_);
  std::atomic<int> by_these = 0, succeeded = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] {
        by_these += sealed(stored).by_this_call ? 1 : 0;
        ++succeeded;
      });
  }
  EXPECT_EQ(succeeded, 8);
  EXPECT_GE(by_these, 1);
  expect_all_named(store_, *read_manifest(store_, Worked::kSnapshot));
}

// The n-th call fails, for every n, before it is carried out and after: there is no manifest then, or a right one; and
// the next seal succeeds.
class SealFaults : public SealTest, public ::testing::WithParamInterface<store::Fault> {};

TEST_P(SealFaults, NoSealNamesWhatIsNotThere) {
  bool failed = true;
  uint64_t failures = 0;
  for (uint64_t n = 1; failed; ++n) {
    const fs::path copy = folder_.path() / "copy";
    fs::remove_all(copy);
    fs::create_directories(copy);
    const store::DirStore store(copy, "file:///store/");
    const auto mine = small_site(store);
    const store::FailingStore failing(store, n, GetParam());
    failed = false;
    try {
      sealed_in(failing, mine);
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::transient) << error.what();
      failed = true;
      ++failures;
    }
    if (const auto there = read_manifest(store, Worked::kSnapshot)) expect_all_named(store, *there);
    const auto again = sealed_in(store, mine);
    EXPECT_EQ(again.manifest.head.status, "complete");
    expect_all_named(store, again.manifest);
    uint64_t strays = 0;
    const auto is_stray = [](const std::string& name) { return name.find('~') != std::string::npos; };
    store.list(key(""), [&](const store::Object& object) { strays += is_stray(object.key) ? 1U : 0U; });
    EXPECT_EQ(strays, 0u) << n;  // what an earlier seal left is used, not written beside
  }
  EXPECT_GT(failures, 100u);
}
INSTANTIATE_TEST_SUITE_P(All, SealFaults, ::testing::Values(store::Fault::before, store::Fault::after));

TEST_F(SealTest, OneThatStopsLeavesNoManifest) {
  const auto stored = small_site(store_);
  std::stop_source stop;
  const SealOptions options{.report_page = [&](const Manifest&) {
    stop.request_stop();
    return "page";
  }};
  const auto thrown = thrown_by([&] { seal(store_, stored, options, folder_.path(), quiet_, stop.get_token()); });
  EXPECT_EQ(thrown.kind, ErrorKind::cancelled);
  EXPECT_FALSE(store_.stat(manifest_key(Worked::kSnapshot)));
}

TEST_F(SealTest, TenThousandItemsTakeSeconds) {
  Worked worked(store_);
  std::vector<std::string> items;
  for (int i = 0; i < 10'000; ++i) {
    const std::string luid = "w" + std::to_string(i);
    items.push_back(R"({"id":")" + luid + R"(","name":"Sales","project":{"id":"p1"}})");
    worked.document("permissions", "workbooks", luid, R"({"granteeCapabilities":[{"user":{"id":"u1"}}]})");
  }
  worked.list("workbooks", items);
  const auto stored = worked.finish();
  const auto start = std::chrono::steady_clock::now();
  const auto result = sealed(stored);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(10));
  EXPECT_EQ(metadata("permissions")["permissions"].size(), 10'000u);
  EXPECT_EQ(result.manifest.head.counts.at("workbooks"), 10'000u);
}

}  // namespace
}  // namespace tabferry::backup
