// What makes a snapshot complete.
#include "backup/manifest.h"

#include "seal_fixture.h"
#include "support/failing_store.h"

namespace tabferry::backup {
namespace {

using base::ErrorKind;
using Outcome = Receipt::Outcome;

Manifest full_manifest() {
  Manifest manifest;
  manifest.head = {.snapshot = Worked::kSnapshot,
                   .tool = "tabferry 0.1.0",
                   .status = "partial",
                   .started = "a",
                   .sealed = "b",
                   .as_of = "c",
                   .site = {"https://h", "l", "sales", "2026.1", "1", "3.29", "ann", "u1", "SiteAdministratorCreator"},
                   .scope = "admin",
                   .asked = "all",
                   .base = Worked::kBase,
                   .full = true,
                   .tags = {"monthly", "x"},
                   .plan_sha256 = "11",
                   .counts = {{"users", 3}, {"workbooks", 2}},
                   .requests = {{"lists", 12}},
                   .left_out = 36,
                   .notes = {"a list moved"},
                   .gaps = {{.kind = "webhooks", .failed = true, .code = 403004, .reason = "no"}}};
  manifest.entries.push_back({.unit = "workbooks/w1", .kind = "workbooks", .luid = "w1", .name = "Sales",
                              .natural_key = "Finance/Sales", .updated_at = "t", .fingerprint = "f",
                              .outcome = Outcome::done, .key = "s/w1.twbx", .size_bytes = 0, .etag = "e",
                              .sha256 = "22", .as_of = "c", .rule = "new", .last_good = {}});
  manifest.entries.push_back({.unit = "revisions/w1/2", .kind = "revisions", .of_kind = "workbooks", .luid = "w1",
                              .name = "Sales", .natural_key = "Finance/Sales", .outcome = Outcome::failed, .code = 500,
                              .reason = "broken", .accepted = true, .last_good = Earlier{"k", 9, "e", "33", "d"}});
  manifest.missing.push_back({.unit = "permissions/workbooks/w1", .kind = "permissions", .of_kind = "workbooks",
                              .luid = "w1", .natural_key = "Finance/Sales", .outcome = Outcome::unavailable,
                              .code = 403, .reason = "no", .accepted = false});
  manifest.files.push_back({.key = "s/README.txt", .size_bytes = 12, .etag = "e", .sha256 = "44"});
  return manifest;
}

class ManifestTest : public SealFixture {
 protected:
  const std::string key_ = manifest_key(Worked::kSnapshot);
};

TEST_F(ManifestTest, ComesBackAsItWent) {
  const Manifest made = full_manifest();
  create_manifest(store_, made);
  const auto back = read_manifest(store_, Worked::kSnapshot);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->head.counts, made.head.counts);
  EXPECT_EQ(back->head.tags, made.head.tags);
  EXPECT_EQ(back->head.site.role, "SiteAdministratorCreator");
  ASSERT_EQ(back->entries.size(), 2u);
  EXPECT_EQ(back->entries[1].last_good->as_of, "d");
  EXPECT_TRUE(back->entries[1].accepted);
  ASSERT_EQ(back->missing.size(), 1u);
  ASSERT_EQ(back->files.size(), 1u);
  // Written again it is the same, byte for byte: so no field is lost on the way.
  const std::string bytes = bytes_of(store_, key_);
  store_.remove(std::vector{key_});
  create_manifest(store_, *back);
  EXPECT_EQ(bytes_of(store_, key_), bytes);
}

TEST_F(ManifestTest, IsOneJsonDocumentWithWhatOthersRelyOn) {
  create_manifest(store_, full_manifest());
  const std::string bytes = bytes_of(store_, key_);
  const auto whole = json(bytes);
  EXPECT_EQ(whole["format"], 1);
  EXPECT_EQ(whole["items"][0], json(R"({"unit":"workbooks/w1","kind":"workbooks","luid":"w1","name":"Sales",
      "natural_key":"Finance/Sales","updated_at":"t","status":"done","key":"s/w1.twbx","size_bytes":0,"sha256":"22",
      "etag":"e","as_of":"c","rule":"new","fingerprint":"f"})"));
  EXPECT_EQ(whole["gaps"][0]["kind"], "webhooks");
  const auto seal_at = bytes.rfind("\"sha256\": ");  // of the items the word stands without a space behind it
  EXPECT_EQ(whole["sha256"], base::sha256_hex(bytes.substr(0, seal_at)));
}

TEST_F(ManifestTest, OfTheSamePlanItMayBeThereAlready) {
  create_manifest(store_, full_manifest());
  const std::string bytes = bytes_of(store_, key_);
  Manifest later = full_manifest();
  later.head.sealed = "later";
  create_manifest(store_, later);
  EXPECT_EQ(bytes_of(store_, key_), bytes);
}

TEST_F(ManifestTest, OfAnotherPlanItIsAConflict) {
  create_manifest(store_, full_manifest());
  Manifest other = full_manifest();
  other.head.plan_sha256 = "99";
  EXPECT_EQ(thrown_by([&] { create_manifest(store_, other); }).kind, ErrorKind::conflict);
}

TEST_F(ManifestTest, AbsentIsNoError) { EXPECT_FALSE(read_manifest(store_, Worked::kSnapshot)); }

TEST_F(ManifestTest, EveryDamageIsSeen) {
  create_manifest(store_, full_manifest());
  const std::string bytes = bytes_of(store_, key_);
  for (size_t at = 0; at + 2 < bytes.size(); ++at) {
    std::string changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ 1);
    store::put_text(store_, key_, changed);
    EXPECT_EQ(thrown_by([&] { read_manifest(store_, Worked::kSnapshot); }).kind, ErrorKind::corrupt) << at;
  }
  store::put_text(store_, key_, bytes.substr(0, bytes.size() / 2));
  EXPECT_EQ(thrown_by([&] { read_manifest(store_, Worked::kSnapshot); }).kind, ErrorKind::corrupt);
}

// Whoever cuts the seal out makes a document that is whole, and no manifest.
TEST_F(ManifestTest, WithoutItsSealItIsNone) {
  create_manifest(store_, full_manifest());
  const std::string bytes = bytes_of(store_, key_);
  store::put_text(store_, key_, bytes.substr(0, bytes.rfind(",\n\"sha256\"")) + "\n}\n");
  EXPECT_EQ(thrown_by([&] { read_manifest(store_, Worked::kSnapshot); }).kind, ErrorKind::corrupt);
}

TEST_F(ManifestTest, OfANewerFormatItIsRefusedWithTheCure) {
  Manifest newer = full_manifest();
  newer.head.format = kFormat + 1;
  create_manifest(store_, newer);
  const auto thrown = thrown_by([&] { read_manifest(store_, Worked::kSnapshot); });
  EXPECT_EQ(thrown.kind, ErrorKind::corrupt);
  EXPECT_NE(thrown.message.find("newer"), std::string::npos) << thrown.message;
}

TEST_F(ManifestTest, UnderAnotherNameItIsRefused) {
  create_manifest(store_, full_manifest());
  put(store_, manifest_key(Worked::kBase), bytes_of(store_, key_));
  EXPECT_EQ(thrown_by([&] { read_manifest(store_, Worked::kBase); }).kind, ErrorKind::corrupt);
}

TEST_F(ManifestTest, AStoreThatFailsAtAnyCallLeavesAWholeOneOrNone) {
  for (const auto fault : {store::Fault::before, store::Fault::after}) {
    bool failed = true;
    for (uint64_t n = 1; failed; ++n) {
      store_.remove(std::vector{key_});
      const store::FailingStore failing(store_, n, fault);
      failed = false;
      try {
        create_manifest(failing, full_manifest());
      } catch (const base::Error& error) {
        EXPECT_EQ(error.kind(), ErrorKind::transient);
        failed = true;
      }
      EXPECT_TRUE(failed || store_.stat(key_)) << n;
      create_manifest(store_, full_manifest());
      EXPECT_TRUE(read_manifest(store_, Worked::kSnapshot)) << n;
    }
  }
}

}  // namespace
}  // namespace tabferry::backup
