#include "backup/verify.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/file.h>

#include <mutex>

#include "base/error.h"
#include "base/fd.h"
#include "unit/backup/shelf.h"

namespace tabferry::backup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

class VerifyTest : public ShelfTest {
 protected:
  VerifyTest() {
    Draft earlier = full_draft(at("2026-11-21T10:15:00Z"));
    earlier.seal();
    Draft draft = full_draft();
    draft.reference(earlier.manifest.entries[2]);
    auto& failed = draft.failed("workbooks", "Finance/Broken");
    const auto& good = earlier.manifest.entries[1];
    failed.last_good =
        Earlier{.key = good.key, .size_bytes = good.size_bytes, .sha256 = good.sha256, .as_of = "2026-11-21"};
    draft.work();
    draft.seal();
    name_ = draft.name;
    for (const auto& entry : draft.manifest.entries)
      if (!entry.key.empty()) named_.insert(entry.key);
    named_.insert(good.key);
    for (const auto& file : draft.manifest.files) named_.insert(file.key);
    named_.insert(manifest_key(name_));
  }

  Verified run(bool full) {
    return verify(store_, name_, {.full = full, .lanes = 2, .temp_parent = temp_.path(), .check_extract = check_},
                  silent_, {});
  }
  static std::vector<std::string> keys_of(const Verified& verified) {
    std::vector<std::string> keys;
    for (const auto& problem : verified.problems) keys.push_back(problem.key);
    return keys;
  }
  void expect_named(const std::string& key, bool full, const std::string& what, const std::string& words) {
    const auto verified = run(full);
    EXPECT_THAT(keys_of(verified), ElementsAre(key)) << what;
    EXPECT_FALSE(verified.whole()) << what << " " << key;
    if (verified.problems.empty() || key == manifest_key(name_)) return;
    EXPECT_THAT(verified.problems[0].what, HasSubstr(words)) << what << " " << key;
  }

  std::string name_;
  std::set<std::string> named_;
  ExtractCheck check_;
};

TEST_F(VerifyTest, AWholeSnapshotHasNoProblem) {
  for (const bool full : {false, true}) {
    const auto verified = run(full);
    EXPECT_THAT(verified.problems, IsEmpty()) << verified.problems[0].key << verified.problems[0].what;
    EXPECT_TRUE(verified.whole());
    EXPECT_EQ(verified.checked, named_.size());
    EXPECT_EQ(verified.packages, full ? 4U : 0U);
  }
}

TEST_F(VerifyTest, OneFlippedBitIsFoundWhereItIs) {
  for (const auto& key : named_) {
    const std::string good = bytes_of(key);
    for (const size_t place : {size_t{0}, good.size() / 2, good.size() - 1}) {
      std::string bad = good;
      bad[place] = static_cast<char>(bad[place] ^ 1);
      overwrite(key, bad);
      expect_named(key, true, fmt::format("bit at {}", place), "sha256");
    }
    overwrite(key, good);
  }
  EXPECT_TRUE(run(true).whole()) << "all is as it was";
}

TEST_F(VerifyTest, WhatIsMissingOrTruncatedIsFoundQuickly) {
  for (const auto& key : named_) {
    if (key == manifest_key(name_)) continue;  // without it there is no snapshot
    const std::string good = bytes_of(key);
    erase(key);
    for (const bool full : {false, true}) expect_named(key, full, "removed", "missing");
    overwrite(key, good.substr(0, good.size() - 1));
    for (const bool full : {false, true}) expect_named(key, full, "truncated", "truncated");
    overwrite(key, good + "x");
    for (const bool full : {false, true}) expect_named(key, full, "longer", "of another size");
    overwrite(key, good);
  }
  EXPECT_TRUE(run(true).whole());
}

TEST_F(VerifyTest, ACutManifestIsFoundWhereverItIsCut) {
  const auto key = manifest_key(name_);
  const std::string good = bytes_of(key);
  for (const size_t left : {size_t{0}, size_t{1}, good.size() / 2, good.size() - 3, good.size() - 1}) {
    overwrite(key, good.substr(0, left));
    for (const bool full : {false, true}) expect_named(key, full, fmt::format("cut to {}", left), "");
  }
  overwrite(key, good + "\n");
  expect_named(key, false, "longer", "");
  erase(key);
  EXPECT_THROW(run(false), base::Error);
}

TEST_F(VerifyTest, AKeyThatLeadsOutOfTheStoreIsAProblemAndIsNotFollowed) {
  Draft draft = full_draft(at("2026-11-23T10:15:00Z"));
  const std::vector<std::string> keys = {"../../etc/passwd", "/etc/passwd",       draft.name + "/../x", draft.name,
                                         "",                 draft.name + "//x", draft.name + "/" + std::string(300, 'x')};
  for (const auto& key : keys)
    draft.manifest.files.push_back({.key = key, .size_bytes = 1, .etag = "", .sha256 = std::string(64, '0')});
  draft.seal();
  name_ = draft.name;
  for (const bool full : {false, true}) {
    const auto verified = run(full);
    EXPECT_EQ(verified.problems.size(), 7U);
    for (const auto& problem : verified.problems) EXPECT_THAT(problem.what, HasSubstr("edited")) << problem.key;
  }
}

TEST_F(VerifyTest, AStrayIsHarmless) {
  overwrite(name_ + "/workbooks/extra.twbx", "nobody's");
  overwrite(name_ + "/zz", "nobody's");
  overwrite(name_ + ".work/receipts/late.jsonl", "{}");
  const auto verified = run(true);
  EXPECT_THAT(keys_of(verified), ElementsAre(name_ + "/workbooks/extra.twbx", name_ + "/zz"));
  EXPECT_TRUE(verified.problems[0].harmless && verified.problems[1].harmless);
  EXPECT_TRUE(verified.whole());
}

TEST_F(VerifyTest, ACopyOfASnapshotIsAsWholeAsTheOriginal) {
  for (const auto& key : keys()) overwrite(key, bytes_of(key));  // other inodes' times: other ETags
  EXPECT_TRUE(run(true).whole());
}

TEST_F(VerifyTest, EveryExtractIsShownToTheEngine) {
  std::mutex mutex;
  std::vector<std::string> seen;
  check_ = [&](const std::filesystem::path& file, const std::filesystem::path& folder, std::stop_token) {
    const auto text = io::read_text(file);
    const base::Fd fd(::open(file.c_str(), O_RDWR));
    EXPECT_EQ(::flock(fd.get(), LOCK_EX | LOCK_NB), 0) << "the engine locks it";
    const std::lock_guard lock(mutex);
    EXPECT_EQ(std::filesystem::status(folder.parent_path()).permissions(), std::filesystem::perms::owner_all);
    seen.push_back(text.substr(0, 5));
    return text.starts_with("third") ? std::string("checksum of block 7") : std::string();
  };
  const auto verified = run(true);
  EXPECT_THAT(seen, UnorderedElementsAre("hyper", "other", "other", "third"));
  EXPECT_EQ(verified.extracts, 4U);
  ASSERT_THAT(keys_of(verified), ElementsAre(name_ + "/prep_flows/f1_Clean.tflx"));
  EXPECT_THAT(verified.problems[0].what, HasSubstr("checksum of block 7"));
  EXPECT_THAT(verified.notes, IsEmpty());
  check_ = {};
  EXPECT_THAT(run(true).notes, ElementsAre(HasSubstr("4 extracts")));
}

// Its bytes are what the site sent, and are no good: only a full one can know.
TEST_F(VerifyTest, WhatWasSavedBrokenIsFound) {
  auto torn = zip_of({{"Sales.twb", "<workbook/>"}, {"Data/a.hyper", std::string(3000, 'x') + std::string(3000, 'y')}});
  torn[torn.size() / 2 - 60] = static_cast<char>(torn[torn.size() / 2 - 60] ^ 4);
  Draft draft(store_, "sales", at("2026-11-23T10:15:00Z"));
  draft.item("workbooks", "workbooks/w1_Torn.twbx", "Torn", torn);
  draft.item("workbooks", "workbooks/w2_Text.twbx", "Text", "no zip at all");
  draft.item("workbooks", "workbooks/w3_Plain.twb", "Plain", "<workbook><a></workbook>");
  draft.item("custom_views", "custom_views/c1_Mine.json", "Mine", R"([{"a": 1})");
  draft.file("metadata_tableau/users.json", R"({"users": [}]})");
  draft.file("report.html", "<p>not looked at");
  draft.seal();
  name_ = draft.name;
  EXPECT_TRUE(run(false).whole());
  const auto verified = run(true);
  EXPECT_EQ(keys_of(verified).size(), 5U) << testing::PrintToString(keys_of(verified));
  for (const auto& problem : verified.problems)
    EXPECT_THAT(problem.what, HasSubstr("its bytes are those that were saved"));
}

TEST_F(VerifyTest, LeavesNothingBehindAndCanBeStopped) {
  run(true);
  std::vector<std::string> left;
  for (const auto& entry : std::filesystem::directory_iterator(temp_.path())) left.push_back(entry.path().filename());
  EXPECT_THAT(left, UnorderedElementsAre(".lock", "store"));
  std::stop_source stop;
  stop.request_stop();
  try {
    verify(store_, name_, {.full = true, .temp_parent = temp_.path()}, silent_, stop.get_token());
    ADD_FAILURE();
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::cancelled);
  }
}

}  // namespace
}  // namespace tabferry::backup
