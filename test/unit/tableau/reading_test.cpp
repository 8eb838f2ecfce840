#include "tableau/reading.h"

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

const std::string kDisposition = R"(name="tableau_workbook"; filename="Sales.twbx")";

class Reading : public SiteTest {
 protected:
  DownloadResult download() {
    return site().download("downloading the workbook 'Sales'", Below::site, "workbooks/w-1/content", {});
  }
  std::string read_all(Download& file) {
    std::string all;
    std::vector<char> room(100'000);
    while (const size_t got = file.read(room)) all.append(room.data(), got);
    return all;
  }
};

// ---- files

TEST_F(Reading, AFileComesWithItsNameAndSize) {
  const std::string bytes(2'000'000, 'b');
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content")
      .with_header("x-tableau-auth", "tok1")
      .times(2)
      .reply(200, bytes, {{"Content-Disposition", kDisposition}});
  for (int i = 0; i < 2; ++i) {
    const auto result = download();
    ASSERT_TRUE(result.file);
    EXPECT_FALSE(result.refusal);
    EXPECT_EQ(result.file->filename(), "Sales.twbx");
    EXPECT_EQ(result.file->size_bytes(), bytes.size());
    EXPECT_TRUE(read_all(*result.file) == bytes);
  }
  EXPECT_EQ(server.seen()[3].connection, server.seen()[2].connection);
  EXPECT_EQ(site().requests(), 4U) << "the version, the sign-in, two files";
}

TEST_F(Reading, ADownloadWaitsLongForItsFirstByte) {
  options.network.look_up_timeout = 40ms;
  options.network.first_byte_timeout = 60s;
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").after(4).reply(200, "packed");
  server.expect("GET", kSite + "users/u-1").reply(200, ts("<user siteRole=\"Creator\"/>"));
  std::jthread later([&, lane = site().lane()]() mutable {
    const auto until = std::chrono::steady_clock::now() + 150ms;
    while (std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_EQ(lane.site_role({}), "Creator");
  });
  EXPECT_EQ(read_all(*download().file), "packed");
}

TEST_F(Reading, AnEndedSessionIsRenewedOnceForAFile) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").reply(401, ts_error("401002", "Unauthorized", "expired"));
  expect_new_session("tok2");
  server.expect("GET", kSite + "workbooks/w-1/content").with_header("x-tableau-auth", "tok2").reply(200, "file");
  EXPECT_EQ(read_all(*download().file), "file");
}

TEST_F(Reading, AnotherClientOfTheTokenIsNamed) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").reply(401, ts_error("401002", "Unauthorized", "expired"));
  expect_new_session("tok2");
  server.expect("GET", kSite + "workbooks/w-1/content").reply(401, ts_error("401002", "Unauthorized", "expired"));
  const auto error = error_of([&] { download(); });
  EXPECT_EQ(error.kind(), ErrorKind::denied);
  EXPECT_THAT(error.what(), HasSubstr("another client uses this token"));
}

TEST_F(Reading, ARefusedFileIsAnAnswer) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").reply(403, ts_error("403019", "Forbidden", "no right"));
  server.expect("GET", kSite + "workbooks/w-1/content").reply(404, "");
  const auto refused = download();
  EXPECT_FALSE(refused.file);
  ASSERT_TRUE(refused.refusal);
  EXPECT_EQ(refused.refusal->status, 403);
  EXPECT_EQ(refused.refusal->code, 403019);
  EXPECT_THAT(refused.refusal->words, AllOf(HasSubstr(server.host()), HasSubstr("403019"), HasSubstr("no right")));
  EXPECT_EQ(download().refusal->code, 0);
}

TEST_F(Reading, WhatMayPassIsThrown) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").times(3).reply(429);
  server.expect("GET", kSite + "workbooks/w-1/content").times(3).reply(500, ts_error("500000", "Internal", "x"));
  server.expect("GET", kSite + "workbooks/w-1/content").reply(408, ts_error("408000", "Timeout", "x"));
  server.expect("GET", kSite + "workbooks/w-1/content").reply(403, web_page(), {{"Content-Type", "text/html"}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(error_of([&] { download(); }).kind(), ErrorKind::transient);
  EXPECT_EQ(error_of([&] { download(); }).kind(), ErrorKind::corrupt) << "a proxy's page is no refusal of the site";
}

TEST_F(Reading, ALoginPageIsNoFile) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").reply(200, web_page(), {{"Content-Type", "text/html"}});
  server.expect("GET", kSite + "workbooks/w-1/content").reply(200, "next").then_close();
  const auto error = error_of([&] { download(); });
  EXPECT_EQ(error.kind(), ErrorKind::corrupt);
  EXPECT_THAT(error.what(), AllOf(HasSubstr("downloading the workbook 'Sales'"), HasSubstr("a web page")));
  EXPECT_EQ(read_all(*download().file), "next");
}

TEST_F(Reading, ACutFileIsNeverWhole) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1/content").reply_cut(200, std::string(500'000, 'x'), 300'000);
  const auto result = download();
  const auto error = error_of([&] { read_all(*result.file); });
  EXPECT_EQ(error.kind(), ErrorKind::transient);
  EXPECT_THAT(error.what(), HasSubstr("downloading the workbook 'Sales'"));
}

// ---- documents

TEST_F(Reading, ADocumentIsTheElementAskedFor) {
  signed_in();
  server.expect("GET", kSite + "workbooks/w-1")
      .with_header("accept", "application/xml")
      .reply(200, ts("<workbook id=\"w-1\"><tags><tag label=\"t\"/></tags></workbook>"),
             {{"Date", "Wed, 03 Aug 2016 20:34:04 GMT"}});
  server.expect("GET", kSite + "dataAlerts/1").reply(200, ts("<dataAlerts><dataAlert id=\"1\"/></dataAlerts>"));
  server.expect("GET", "/api/3.29/sessions/current").reply(200, ts("<session><site id=\"s\"/></session>"));
  server.expect("GET", kSite + "empty").reply(200, ts(""));
  server.expect("GET", kSite + "other").reply(200, ts("<view/>"));
  const auto workbook = site().get("looking at w-1", Below::site, "workbooks/w-1", "workbook", {});
  EXPECT_EQ(workbook.body, doc::Json::parse(R"({"id":"w-1","tags":{"tag":[{"label":"t"}]}})"));
  EXPECT_EQ(workbook.as_of, base::parse_iso_time("2016-08-03T20:34:04Z"));
  EXPECT_EQ(site().get("x", Below::site, "dataAlerts/1", "dataAlert", {}).body["id"], "1");
  EXPECT_EQ(site().get("x", Below::api, "sessions/current", "", {}).body["session"]["site"]["id"], "s");
  EXPECT_TRUE(site().get("x", Below::site, "empty", "workbook", {}).body.is_null());
  EXPECT_EQ(error_of([&] { site().get("x", Below::site, "other", "workbook", {}); }).kind(), ErrorKind::corrupt);
}

TEST_F(Reading, JsonComesFromTheNewestApisAndThoseOfTheServer) {
  signed_in();
  server.expect("GET", "/api/-/collections/c-1")
      .with_header("accept", "application/json")
      .reply(200, R"({"luid":"c-1"})");
  server.expect("POST", "/api/metadata/graphql")
      .with_header("content-type", "application/json")
      .with_body("query")
      .reply(200, R"({"data":{"tables":[1]}})");
  server.expect("GET", "/api/exp/sites/5d1e-site/x").reply(200, ts("<x/>"));
  server.expect("GET", "/api/-/pulse/definitions").reply(403, R"({"code":403157,"message":"feature disabled"})");
  server.expect("GET", "/api/-/y").reply(404, R"({"error":{"summary":"Not","detail":"here","code":"404003"}})");
  EXPECT_EQ(site().get("x", Below::newest, "collections/c-1", "", {}).body["luid"], "c-1");
  const auto graph = site().post("x", Below::api, "/api/metadata/graphql", "application/json", R"({"query":"{}"})",
                                 "data", {});
  EXPECT_EQ(graph.body["tables"][0], 1);
  EXPECT_TRUE(site().get("x", Below::experimental, "x", "x", {}).body.is_object());
  const auto refusal = site().get("x", Below::newest, "pulse/definitions", "", {}).refusal;
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->code, 403157);
  EXPECT_THAT(refusal->words, HasSubstr("feature disabled"));
  EXPECT_THAT(site().get("x", Below::newest, "y", "", {}).refusal->words, HasSubstr("Not: here"));
}

TEST_F(Reading, BrokenJsonIsSaid) {
  signed_in();
  server.expect("GET", "/api/-/x").reply(200, "{\"a\":");
  server.expect("GET", "/api/-/x").reply(200, web_page());
  server.expect("GET", "/api/-/x").reply(500, "{\"a\":").times(3);
  for (int i = 0; i < 2; ++i)
    EXPECT_EQ(error_of([&] { site().get("x", Below::newest, "x", "", {}); }).kind(), ErrorKind::corrupt);
  EXPECT_EQ(error_of([&] { site().get("x", Below::newest, "x", "", {}); }).kind(), ErrorKind::transient);
}

}  // namespace
}  // namespace tabferry::tableau
