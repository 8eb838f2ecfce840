// What the site said about itself, as files.
#include "backup/metadata_files.h"

#include "seal_fixture.h"
#include "tableau/kinds.h"

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;

TEST(Merge, IsTheUnionAndTheDocumentWins) {
  doc::Json item = json(R"({"id":"1","name":"old","only":"list","owner":{"id":"o","name":"x"},"tags":{},
                            "list":[1,2]})");
  merge(item, json(R"({"id":"1","name":"new","owner":{"id":"o","email":"e"},"tags":{"tag":["a"]},"list":[3],
                       "more":{}})"));
  EXPECT_EQ(item, json(R"({"id":"1","name":"new","only":"list","owner":{"id":"o","name":"x","email":"e"},
                           "tags":{"tag":["a"]},"list":[3],"more":{}})"));
}

TEST(Merge, AnotherShapeReplaces) {
  doc::Json item = json(R"({"a":{"b":"c"},"d":"e"})");
  merge(item, json(R"({"a":"text","d":{"f":"g"}})"));
  EXPECT_EQ(item, json(R"({"a":"text","d":{"f":"g"}})"));
}

TEST(EntryOf, LosesNoFieldToTheOnesOfItsOwner) {
  const Unit unit{.id = "default_permissions/projects/p1/flows", .kind = "default_permissions", .of_kind = "projects",
                  .luid = "p1", .natural_key = "Finance"};
  EXPECT_EQ(entry_of(unit, json(R"({"kind":"other","id":"p1","x":"y"})")),
            json(R"({"kind":"projects","id":"p1","naturalKey":"Finance","part":"flows","kindElement":"other",
                     "x":"y"})"));
  EXPECT_EQ(entry_of(unit, json(R"(["a"])"))["value"], json(R"(["a"])"));
}

class MetadataFilesTest : public SealFixture {
 protected:
  // The files of a plan with these lists and documents.
  MetadataFiles written(Worked& worked) {
    const auto stored = worked.finish();
    KeptDocuments documents(store_, worked.plan.snapshot, folder_.path());
    return write_metadata(store_, stored.plan, documents, folder_.path(), {}, {});
  }
  Worked worked_{store_};
};

TEST_F(MetadataFilesTest, AListIsAnObjectWithItsItemsAndTheirNaturalKeys) {
  worked_.list("projects", {R"({"id":"p1","name":"Finance"})", R"({"id":"p2","name":"Daily","parentProjectId":"p1"})"},
               {.as_of = "2026-11-22T10:15:07Z", .announced = 3, .passes = 2});
  const auto files = written(worked_);
  EXPECT_EQ(metadata("projects"), json(R"({"kind":"projects","status":"read","asOf":"2026-11-22T10:15:07Z",
      "announced":3,"seen":2,"passes":2,"projects":[{"id":"p1","naturalKey":"Finance","name":"Finance"},
      {"id":"p2","naturalKey":"Finance/Daily","name":"Daily","parentProjectId":"p1",
       "parentProjectNaturalKey":"Finance"}]})"));
  EXPECT_EQ(files.counts.at("projects"), 2u);
}

TEST_F(MetadataFilesTest, EveryKindOfTheCatalogueHasItsFile) {
  worked_.list("users", {});
  worked_.list("schedules", {});
  const auto files = written(worked_);
  std::vector<std::string> keys;
  for (const auto& file : files.files) keys.push_back(file.key);
  const auto has = [&](std::string_view kind) {
    return std::find(keys.begin(), keys.end(), key("metadata_tableau/" + std::string(kind) + ".json")) != keys.end();
  };
  for (const auto& kind : tableau::listed_kinds()) EXPECT_TRUE(has(kind.kind)) << kind.kind;
  for (const auto& kind : tableau::detail_kinds()) EXPECT_TRUE(has(kind.kind)) << kind.kind;
  EXPECT_TRUE(has("site"));
  EXPECT_EQ(metadata("users")["status"], "read");
  EXPECT_EQ(metadata("permissions"), json(R"({"kind":"permissions","status":"read","asOf":"2026-11-22T10:15:00Z",
      "announced":0,"seen":0,"passes":1,"permissions":[]})"));
  EXPECT_EQ(metadata("webhooks")["status"], "unavailable");
  EXPECT_EQ(metadata("webhooks")["reason"], "this backup did not ask for it");
}

TEST_F(MetadataFilesTest, WithoutMetadataNothingIsSaidToBeRead) {
  worked_.list("users", {R"({"id":"u1","name":"ann"})"});
  worked_.list("projects", {});
  written(worked_);
  EXPECT_EQ(metadata("users")["status"], "read");
  EXPECT_EQ(metadata("permissions")["status"], "unavailable");
  EXPECT_EQ(metadata("site")["status"], "unavailable");
  EXPECT_EQ(metadata("site")["site"], json("{}"));
}

TEST_F(MetadataFilesTest, WhatIsNotOnOfferOrFailedSaysSo) {
  worked_.list("webhooks", {}, {.refusal = tableau::Refusal{403, 403004, "not licensed"}});
  worked_.list("subscriptions", {R"({"id":"x"})"}, {.failure = "page 2 was cut"});
  worked_.plan.gaps.push_back({.kind = "collections", .failed = false, .code = 404, .reason = "since 3.28"});
  worked_.plan.gaps.push_back({.kind = "favorites", .failed = true, .code = 0, .reason = "could not be asked"});
  const auto files = written(worked_);
  EXPECT_EQ(metadata("webhooks")["status"], "unavailable");
  EXPECT_EQ(metadata("webhooks")["code"], 403004);
  EXPECT_EQ(metadata("webhooks")["reason"], "not licensed");
  EXPECT_EQ(metadata("subscriptions")["status"], "failed");
  EXPECT_EQ(metadata("subscriptions")["reason"], "page 2 was cut");
  EXPECT_EQ(metadata("subscriptions")["subscriptions"].size(), 1u);
  EXPECT_EQ(metadata("collections"),
            json(R"({"kind":"collections","status":"unavailable","code":404,"reason":"since 3.28","collections":[]})"));
  EXPECT_EQ(metadata("favorites")["status"], "failed");
  ASSERT_EQ(files.gaps.size(), 2u);
  EXPECT_TRUE(files.gaps[0].failed);
  EXPECT_EQ(files.gaps[0].reason, "page 2 was cut");
  EXPECT_FALSE(files.gaps[1].failed);
  EXPECT_EQ(files.gaps[1].code, 403004);
}

TEST_F(MetadataFilesTest, ADocumentOfItsOwnKindIsMergedIntoItsItem) {
  worked_.list("schedules", {R"({"id":"s1","name":"Nightly","state":"Active"})", R"({"id":"s2","name":"Weekly"})",
                             R"({"id":"s3","name":"Never"})"});
  worked_.document("schedules", "schedules", "s2", R"({"id":"s2","frequencyDetails":{"start":"01:00"}})");
  worked_.document("schedules", "schedules", "s1", R"({"id":"s1","name":"Nightly 2"})");
  worked_.document("schedules", "schedules", "s3", "{}");
  worked_.ended(Outcome::failed, 500, "it broke");
  written(worked_);
  const auto file = metadata("schedules");
  EXPECT_EQ(file["schedules"], json(R"([{"id":"s1","naturalKey":"Nightly","name":"Nightly 2","state":"Active"},
      {"id":"s2","naturalKey":"Weekly","name":"Weekly","frequencyDetails":{"start":"01:00"}},
      {"id":"s3","naturalKey":"Never","name":"Never"}])"));
  EXPECT_EQ(file["incomplete"], json(R"([{"kind":"schedules","id":"s3","naturalKey":"key of s3","status":"failed",
                                          "code":500,"reason":"it broke"}])"));
}

TEST_F(MetadataFilesTest, ItemsWhoseIdStandsDeeperAreFound) {
  worked_.list("pulse_definitions", {R"({"metadata":{"id":"d1","name":"Revenue"}})"});
  worked_.document("pulse_definitions", "pulse_definitions", "d1", R"({"specification":{"x":"y"}})");
  written(worked_);
  EXPECT_EQ(metadata("pulse_definitions")["pulse_definitions"][0]["specification"], json(R"({"x":"y"})"));
}

TEST_F(MetadataFilesTest, ADocumentWhoseItemTheListLacksIsKept) {
  worked_.list("schedules", {R"({"id":"s1","name":"Nightly"})"}, {.failure = "cut"});
  worked_.document("schedules", "schedules", "lost", R"({"frequency":"Daily"})");
  written(worked_);
  EXPECT_EQ(metadata("schedules")["schedules"][1],
            json(R"({"kind":"schedules","id":"lost","naturalKey":"key of lost","frequency":"Daily"})"));
}

TEST_F(MetadataFilesTest, OtherDocumentsAreEntriesInTheOrderOfThePlan) {
  worked_.list("users", {R"({"id":"u1","name":"ann"})"});
  worked_.document("permissions", "workbooks", "w2", R"({"granteeCapabilities":[{"user":{"id":"u1"}}]})");
  worked_.document("permissions", "workbooks", "w3", "{}");
  worked_.ended(Outcome::unavailable, 403, "somebody's own");
  worked_.document("permissions", "projects", "p1", R"({"granteeCapabilities":[]})");
  worked_.document("default_permissions", "projects", "p1", R"({"granteeCapabilities":[]})", "flows");
  written(worked_);
  const auto file = metadata("permissions");
  EXPECT_EQ(file["announced"], 3);
  EXPECT_EQ(file["seen"], 2);
  EXPECT_EQ(file["permissions"],
            json(R"([{"kind":"workbooks","id":"w2","naturalKey":"key of w2",
                      "granteeCapabilities":[{"user":{"id":"u1","naturalKey":"ann"}}]},
                     {"kind":"workbooks","id":"w3","naturalKey":"key of w3","status":"unavailable","code":403,
                      "reason":"somebody's own"},
                     {"kind":"projects","id":"p1","naturalKey":"key of p1","granteeCapabilities":[]}])"));
  EXPECT_EQ(metadata("default_permissions")["default_permissions"][0]["part"], "flows");
}

TEST_F(MetadataFilesTest, TheSitesOwnDocumentsAreOneObject) {
  worked_.plan.units.push_back({.id = "site/embedding", .verb = Unit::Verb::read, .kind = "site", .name = "embedding"});
  worked_.receipts.push_back(
      {.unit = "site/embedding", .outcome = Outcome::done, .body = R"({"unrestricted":"true"})"});
  worked_.plan.units.push_back({.id = "site/oidc", .verb = Unit::Verb::read, .kind = "site", .name = "oidc"});
  worked_.receipts.push_back({.unit = "site/oidc", .outcome = Outcome::unavailable, .code = 404, .reason = "none"});
  written(worked_);
  EXPECT_EQ(metadata("site")["site"], json(R"({"embedding":{"unrestricted":"true"},
      "oidc":{"status":"unavailable","code":404,"reason":"none"}})"));
}

TEST_F(MetadataFilesTest, TheBodyOfTheWinnerCounts) {
  worked_.list("users", {});
  worked_.document("favorites", "users", "u1", R"({"favorite":["first"]})");
  const auto stored = worked_.finish();
  worked_.add_receipts("20261122T101700.000-0123456789abcdef-000001",
                       {{.unit = "favorites/users/u1", .outcome = Outcome::done, .body = R"({"favorite":["late"]})"}});
  KeptDocuments documents(store_, worked_.plan.snapshot, folder_.path());
  write_metadata(store_, stored.plan, documents, folder_.path(), {}, {});
  EXPECT_EQ(metadata("favorites")["favorites"][0]["favorite"], json(R"(["first"])"));
}

TEST_F(MetadataFilesTest, AListThatIsNotThePlannedOneIsRefused) {
  worked_.list("users", {R"({"id":"u1","name":"ann"})"});
  worked_.plan.lists[0].sha256 = std::string(64, '0');
  const auto thrown = thrown_by([&] { written(worked_); });
  EXPECT_EQ(thrown.kind, base::ErrorKind::corrupt);
  EXPECT_NE(thrown.message.find("users.jsonl"), std::string::npos) << thrown.message;
}

TEST_F(MetadataFilesTest, OneThatStopsIsCancelled) {
  worked_.list("users", {R"({"id":"u1","name":"ann"})"});
  const auto stored = worked_.finish();
  KeptDocuments documents(store_, worked_.plan.snapshot, folder_.path());
  std::stop_source stop;
  stop.request_stop();
  const auto thrown = thrown_by(
      [&] { write_metadata(store_, stored.plan, documents, folder_.path(), {}, stop.get_token()); });
  EXPECT_EQ(thrown.kind, base::ErrorKind::cancelled);
}

}  // namespace
}  // namespace tabferry::backup
