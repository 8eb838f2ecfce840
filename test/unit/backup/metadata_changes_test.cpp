// Two snapshots' metadata, compared.
#include "backup/metadata_changes.h"

#include <gmock/gmock.h>

#include <chrono>

#include "backup/manifest.h"
#include "backup/spool.h"
#include "seal_fixture.h"
#include "support/invented_manifest.h"

namespace tabferry::backup {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using What = KindChange::Named::What;
using Lines = std::vector<std::string>;

class MetadataChangesTest : public SealFixture {
 protected:
  void file(Manifest& manifest, const std::string& kind, const Lines& lines, const std::string& status = "read") {
    Spool bytes(folder_.path());
    LineWriter out(bytes);
    out.value("kind", kind);
    out.value("status", status);
    if (status != "read") out.value("reason", "it was refused");
    out.value("asOf", manifest.head.as_of);
    out.begin_list(kind);
    for (const auto& line : lines) out.item(line);
    out.end_list();
    out.end();
    keep(manifest, kind, bytes);
  }
  void keep(Manifest& manifest, const std::string& kind, Spool& bytes) {
    bytes.commit();
    const auto object =
        put(store_, manifest.head.snapshot + "/metadata_tableau/" + kind + ".json", bytes.read(0, bytes.size_bytes()));
    manifest.files.push_back(
        {.key = object.key, .size_bytes = bytes.size_bytes(), .etag = object.etag, .sha256 = bytes.sha256()});
  }
  std::vector<KindChange> changes() { return metadata_changes(store_, now_, before_, {}); }
  // Of the one kind that changed.
  KindChange change() {
    const auto all = changes();
    EXPECT_EQ(all.size(), 1u);
    return all.empty() ? KindChange{} : all.front();
  }
  static Lines told(const KindChange& change) {
    Lines lines;
    for (const auto& one : change.named)
      lines.push_back(fmt::format("{} {}{}{}", name_of(one.what), one.item, one.how.empty() ? "" : ": ", one.how));
    return lines;
  }

  Manifest before_ = test::empty_manifest("backup_tableau_cloud_sales_20261121_101500", "2026-11-21T10:15:00Z");
  Manifest now_ = test::empty_manifest("backup_tableau_cloud_sales_20261122_101500", "2026-11-22T10:15:00Z");
};

TEST_F(MetadataChangesTest, TheSameButForTheTimeIsNoChange) {
  const Lines users = {R"({"id":"u1","name":"ann","lastLogin":"1"})", R"({"id":"u2","name":"bob"})"};
  file(before_, "users", users);
  file(now_, "users", {users[1], R"({"id":"u1","name":"ann","lastLogin":"2"})"});
  file(before_, "webhooks", {}, "unavailable");
  file(now_, "webhooks", {}, "unavailable");
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(MetadataChangesTest, WhatCameWentAndChangedIsCountedAndNamed) {
  file(before_, "users", {R"({"id":"u1","name":"ann","siteRole":"Viewer"})", R"({"id":"u2","name":"bob"})"});
  file(now_, "users", {R"({"id":"u1","name":"ann","siteRole":"Creator"})", R"({"id":"u3","name":"cid"})"});
  const auto users = change();
  EXPECT_EQ(users.added + users.changed * 10 + users.removed * 100, 111u);
  EXPECT_THAT(told(users), ElementsAre("added cid", "removed bob", "changed ann: siteRole: Viewer -> Creator"));
}

TEST_F(MetadataChangesTest, ItemsOfTheSamePartsAreTheSame) {
  const auto line = [](const char* part, const char* mode) {
    return fmt::format(R"({{"kind":"projects","id":"p1","naturalKey":"Finance","part":"{}","granteeCapabilities":[
{{"group":{{"id":"g","naturalKey":"All"}},"capabilities":{{"capability":[{{"name":"Read","mode":"{}"}}]}}}}]}})",
                       part, mode);
  };
  const auto one_line = [&](const char* part, const char* mode) {
    auto text = line(part, mode);
    std::erase(text, '\n');
    return text;
  };
  file(before_, "default_permissions", {one_line("workbooks", "Allow"), one_line("flows", "Allow")});
  file(now_, "default_permissions", {one_line("workbooks", "Allow"), one_line("flows", "Deny")});
  EXPECT_THAT(told(change()), ElementsAre("changed project Finance (flows): group All: Read -> Read (Deny)"));
}

TEST_F(MetadataChangesTest, BeyondSomeTensTheyAreOnlyCounted) {
  Lines before, now;
  for (int i = 0; i < 100; ++i) {
    before.push_back(fmt::format(R"({{"id":"old{0}","name":"old {0}"}})", i));
    before.push_back(fmt::format(R"({{"id":"{0}","name":"user {0}"}})", i));
    now.push_back(fmt::format(R"({{"id":"new{0}","name":"new {0}"}})", i));
    now.push_back(fmt::format(R"({{"id":"{0}","name":"renamed {0}"}})", i));
  }
  file(before_, "users", before);
  file(now_, "users", now);
  const auto users = change();
  EXPECT_EQ(users.added, 100u);
  EXPECT_EQ(users.changed, 100u);
  EXPECT_EQ(users.removed, 100u);
  EXPECT_EQ(users.named.size(), 3 * kNamedChanges);
}

TEST_F(MetadataChangesTest, ContentThatCameOrWentIsToldElsewhere) {
  file(before_, "workbooks", {R"({"id":"w1","name":"A","tags":{}})"});
  file(now_, "workbooks", {R"({"id":"w1","name":"A","tags":{"tag":[{"label":"x"}]}})", R"({"id":"w2","name":"B"})"});
  const auto workbooks = change();
  EXPECT_EQ(workbooks.added, 1u);
  EXPECT_THAT(told(workbooks), ElementsAre("changed A: tags: + x"));
}

TEST_F(MetadataChangesTest, ADocumentThatCouldNotBeReadIsNoChange) {
  const std::string good = R"({"kind":"workbooks","id":"w1","granteeCapabilities":[]})";
  const std::string failed = R"({"kind":"workbooks","id":"w1","status":"failed","reason":"504"})";
  file(before_, "permissions", {good});
  file(now_, "permissions", {failed});
  now_.missing.push_back(
      {.unit = "permissions/workbooks/w1", .kind = "permissions", .of_kind = "workbooks", .luid = "w1"});
  EXPECT_THAT(changes(), IsEmpty());
  std::swap(now_, before_);
  EXPECT_THAT(changes(), IsEmpty());
}

TEST_F(MetadataChangesTest, AListThatWasNotReadIsNotKnown) {
  file(before_, "users", {R"({"id":"u1"})"});
  file(now_, "users", {}, "failed");
  EXPECT_THAT(change().unknown, HasSubstr("not read this time: it was refused"));
  std::swap(now_, before_);
  EXPECT_THAT(change().unknown, HasSubstr("the earlier snapshot does not have it: it was refused"));
}

TEST_F(MetadataChangesTest, AFileThatIsGoneOrDamagedIsNotKnownAndNoFailure) {
  file(before_, "users", {R"({"id":"u1"})"});
  file(now_, "users", {R"({"id":"u2"})"});
  const std::string key = before_.files.front().key;
  before_.files.front().sha256 = base::sha256_hex("another");
  EXPECT_THAT(change().unknown, HasSubstr("is not the file that its manifest names"));
  store_.remove(std::vector<std::string>{key});
  EXPECT_FALSE(change().unknown.empty());
  before_.files.clear();
  EXPECT_THAT(change().unknown, HasSubstr("has no file of it"));
}

TEST_F(MetadataChangesTest, ACopiedStoreHasOtherETagsAndIsCompared) {
  file(before_, "users", {R"({"id":"u1","name":"ann"})"});
  file(now_, "users", {R"({"id":"u1","name":"ann"})", R"({"id":"u2","name":"bob"})"});
  before_.files.front().etag = "of the store that it was copied from";
  EXPECT_THAT(told(change()), ElementsAre("added bob"));
}

TEST_F(MetadataChangesTest, WithoutItsOwnMetadataNothingIsSealed) {
  file(before_, "users", {R"({"id":"u1"})"});
  file(now_, "users", {R"({"id":"u2"})"});
  now_.files.front().sha256 = base::sha256_hex("another");
  const auto another = thrown_by([&] { changes(); });
  EXPECT_EQ(another.kind, base::ErrorKind::corrupt);
  EXPECT_THAT(another.message, HasSubstr("users.json' cannot be relied on, for it is not what was written"));
  store_.remove(std::vector<std::string>{now_.files.front().key});
  const auto gone = thrown_by([&] { changes(); });
  EXPECT_EQ(gone.kind, base::ErrorKind::corrupt);
  EXPECT_THAT(gone.message, HasSubstr("users.json' cannot be relied on, for it is not there any more"));
}

TEST_F(MetadataChangesTest, AFileThatDoesNotSayThatItWasReadOrHoldsNoItemsIsNotKnown) {
  file(now_, "users", {R"({"id":"u1"})"});
  file(before_, "users", {}, "");
  auto& edited = before_.files.front();
  auto text = bytes_of(store_, edited.key);
  const std::string status = R"("status": "")";
  const auto keep_edited = [&] {
    edited.size_bytes = text.size();
    edited.sha256 = base::sha256_hex(text);
    store::put_text(store_, edited.key, text);
  };
  ASSERT_NE(text.find(status), std::string::npos) << text;
  text.replace(text.find(status), status.size(), R"("status": 5)");
  const std::string reason = "\"reason\": \"it was refused\",\n";
  ASSERT_NE(text.find(reason), std::string::npos) << text;
  text.erase(text.find(reason), reason.size());
  keep_edited();
  EXPECT_THAT(change().unknown, HasSubstr("does not say that it was read"));
  before_.files.clear();
  before_.head.snapshot = "backup_tableau_cloud_sales_20261120_101500";
  file(before_, "users", {R"({"id":"u1"})", "7", "[1]"});
  EXPECT_THAT(change().unknown, HasSubstr("a line of its file is no item"));
}

TEST_F(MetadataChangesTest, AnItemThatIsTooLargeIsComparedAsAWhole) {
  const auto line = [](char last) {
    std::string members;
    for (int i = 0; i < 150'000; ++i) members += fmt::format(R"(,"k{0}Id":"{0}")", i);
    return R"({"id":"u1","name":"ann")" + members + R"(,"last":")" + last + "\"}";
  };
  file(before_, "users", {line('a')});
  file(now_, "users", {line('b')});
  const auto began = std::chrono::steady_clock::now();
  EXPECT_THAT(told(change()), ElementsAre("changed ann"));
  EXPECT_LT(std::chrono::steady_clock::now() - began, std::chrono::seconds(20));  // it was quadratic: minutes
}

TEST_F(MetadataChangesTest, AnEarlierManifestThatCannotBeReadIsOneUnknownChange) {
  const auto gone = metadata_changes(store_, now_, "backup_tableau_cloud_sales_20261120_101500", {});
  ASSERT_EQ(gone.size(), 1u);
  EXPECT_EQ(gone[0].kind, "");
  EXPECT_THAT(gone[0].unknown, HasSubstr("is not there any more"));
  put(store_, before_.head.snapshot + "/manifest.json", "{\n");
  EXPECT_FALSE(metadata_changes(store_, now_, before_.head.snapshot, {})[0].unknown.empty());
}

TEST_F(MetadataChangesTest, OneChangeAmongManyDocumentsInAnotherOrderIsFound) {
  Lines lines;
  for (int i = 0; i < 10'000; ++i)
    lines.push_back(fmt::format(
        R"({{"kind":"workbooks","id":"{0:036}","naturalKey":"Finance/Daily/{0}","granteeCapabilities":[)"
        R"({{"group":{{"id":"g1","naturalKey":"All"}},"capabilities":{{"capability":[{{"name":"Read","mode":"Allow"}},)"
        R"({{"name":"Filter","mode":"Allow"}}]}}}}]}})",
        i));
  file(before_, "permissions", lines);
  std::reverse(lines.begin(), lines.end());
  lines[500].replace(lines[500].find("Filter"), 6, "Export");
  file(now_, "permissions", lines);
  EXPECT_THAT(told(change()),
              ElementsAre("changed workbook Finance/Daily/9499: group All got Export; group All lost Filter"));
}

TEST_F(MetadataChangesTest, TheSiteIsComparedByItsDocuments) {
  for (auto* manifest : {&before_, &now_}) {
    Spool bytes(folder_.path());
    LineWriter out(bytes);
    out.value("kind", "site");
    out.value("status", "read");
    out.value("site", {{"server", {{"productVersion", manifest == &now_ ? "2026.3" : "2026.2"}}},
                       {"site", {{"id", "s"}, {"usage", {{"numUsers", manifest == &now_ ? "7" : "6"}}}}}});
    out.end();
    keep(*manifest, "site", bytes);
  }
  EXPECT_THAT(told(change()), ElementsAre("changed server: productVersion: 2026.2 -> 2026.3"));
}

TEST_F(MetadataChangesTest, ACancelledComparisonEnds) {
  file(before_, "users", {R"({"id":"u1"})"});
  file(now_, "users", {R"({"id":"u2"})"});
  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ(thrown_by([&] { metadata_changes(store_, now_, before_, stop.get_token()); }).kind,
            base::ErrorKind::cancelled);
}

TEST_F(MetadataChangesTest, TheManifestKeepsThem) {
  now_.metadata_changes = {{.kind = "users",
                            .added = 1,
                            .changed = 2,
                            .removed = 3,
                            .named = {{.what = What::changed, .item = "ann", .how = "siteRole: a -> b"}}},
                           {.kind = "groups", .unknown = "it was not read"}};
  now_.head.metadata_compared = true;
  create_manifest(store_, now_);
  const auto read = read_manifest(store_, now_.head.snapshot).value();
  EXPECT_TRUE(read.head.metadata_compared);
  ASSERT_EQ(read.metadata_changes.size(), 2u);
  for (size_t i = 0; i < 2; ++i) EXPECT_EQ(to_json(read.metadata_changes[i]), to_json(now_.metadata_changes[i]));
}

// A manifest is not refused for them: the next backup builds on it.
TEST_F(MetadataChangesTest, OfAnotherFormTheyAreUnknown) {
  for (const auto* form : {R"({"kind":"users","added":-1})", R"({"kind":"users","named":[{"what":"moved","item":"a"}]})",
                           R"({"kind":"users","named":[{"item":"a"}]})"}) {
    const auto change = kind_change_of(json(form), "manifest.json");
    EXPECT_EQ(change.kind, "users");
    EXPECT_THAT(change.unknown, HasSubstr("manifest.json: ")) << form;
    EXPECT_THAT(change.named, IsEmpty());
  }
  EXPECT_FALSE(kind_change_of(json("[7]"), "manifest.json").unknown.empty());
}

}  // namespace
}  // namespace tabferry::backup
