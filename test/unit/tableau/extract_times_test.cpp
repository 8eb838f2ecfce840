// When extracts were made, as far as the Metadata API tells.
#include "tableau/extract_times.h"

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

std::string page(const std::string& list, const std::string& nodes, const std::string& cursor) {
  const std::string info = cursor.empty() ? R"("hasNextPage":false,"endCursor":null)"
                                          : R"("hasNextPage":true,"endCursor":")" + cursor + "\"";
  return R"({"data":{")" + list + R"(":{"nodes":[)" + nodes + R"(],"pageInfo":{)" + info + "}}}}";
}
std::string sources(const std::string& nodes, const std::string& cursor = {}) {
  return page("publishedDatasourcesConnection", nodes, cursor);
}
std::string workbooks(const std::string& nodes, const std::string& cursor = {}) {
  return page("workbooksConnection", nodes, cursor);
}
std::string source(const std::string& luid, const std::string& times) {
  return R"({"luid":")" + luid + R"(","hasExtracts":true,)" + times + "}";
}
std::string workbook(const std::string& luid, const std::string& embedded) {
  return R"({"luid":")" + luid + R"(","embeddedDatasources":[)" + embedded + "]}";
}
const std::string kLive = R"({"hasExtracts":false,"extractLastUpdateTime":null})";

class ExtractTimesTest : public SiteTest {
 protected:
  ExtractTimes times_of(const std::vector<std::string>& bodies) {
    Site& site = signed_in();
    for (const auto& body : bodies)
      server.expect("POST", "/api/metadata/graphql")
          .with_header("content-type", "application/json")
          .with_header("x-tableau-auth", "tok1")
          .reply(200, body, {{"Content-Type", "application/json;charset=UTF-8"}});
    return extract_times(site, {});
  }
};

TEST_F(ExtractTimesTest, TheNewestOfTheThreeOfADataSource) {
  const auto times =
      times_of({sources(source("d1", R"("extractLastRefreshTime":"2026-01-02T00:00:00Z","extractLastUpdateTime":
                               "2026-01-03T00:00:00Z","extractLastIncrementalUpdateTime":null)") +
                        R"(,{"luid":"d2","hasExtracts":false,"extractLastUpdateTime":null},)" +
                        source("d3", R"("extractLastRefreshTime":null,"extractLastUpdateTime":null)")),
                workbooks("")});
  EXPECT_EQ(times.unavailable, "");
  EXPECT_THAT(times.newest, UnorderedElementsAre(Pair("d1", "2026-01-03T00:00:00Z")));
}

TEST_F(ExtractTimesTest, TheNewestEmbeddedOneOfAWorkbookIfAllAreKnown) {
  const std::string old = R"({"hasExtracts":true,"extractLastUpdateTime":"2026-01-01T00:00:00Z"})";
  const std::string young = R"({"hasExtracts":true,"extractLastRefreshTime":"2026-02-01T00:00:00Z"})";
  const std::string silent = R"({"hasExtracts":true,"extractLastUpdateTime":null})";
  const auto times = times_of({sources(""), workbooks(workbook("w1", old + "," + young + "," + kLive) + "," +
                                                      workbook("w2", old + "," + silent) + "," + workbook("w3", kLive) +
                                                      "," + workbook("w4", ""))});
  EXPECT_EQ(times.unavailable, "");
  EXPECT_THAT(times.newest, UnorderedElementsAre(Pair("w1", "2026-02-01T00:00:00Z")));
}

TEST_F(ExtractTimesTest, PagesAreFollowedByTheirCursors) {
  Site& site = signed_in();
  const std::string time = R"("extractLastUpdateTime":"2026-01-03T00:00:00Z")";
  const auto answer = [&](const std::string& asked, const std::string& body) {
    server.expect("POST", "/api/metadata/graphql")
        .with_body(asked)
        .reply(200, body, {{"Content-Type", "application/json"}});
  };
  answer(R"("after":null)", sources(source("d1", time), "c1"));
  answer(R"("after":"c1")", sources(source("d2", time)));
  answer(R"("after":null)", workbooks("", "c2"));
  answer(R"("after":"c2")", workbooks(workbook("w1", "{\"hasExtracts\":true," + time + "}")));
  const auto times = extract_times(site, {});
  EXPECT_EQ(times.unavailable, "");
  EXPECT_EQ(times.newest.size(), 3U);
}

TEST_F(ExtractTimesTest, AnAnswerWithErrorsIsNoneHoweverMuchItHolds) {
  const auto times = times_of({R"({"data":{"publishedDatasourcesConnection":{"nodes":[]}},
                                   "errors":[{"message":"NODE_LIMIT_EXCEEDED"}]})"});
  EXPECT_THAT(times.unavailable, HasSubstr("NODE_LIMIT_EXCEEDED"));
  EXPECT_THAT(times.newest, IsEmpty());
}

TEST_F(ExtractTimesTest, WhatIsNoTimeMakesAllUnavailable) {
  const auto times = times_of({sources(source("d1", R"("extractLastUpdateTime":"2026-01-03T00:00:00Z")") + "," +
                                       source("d2", R"("extractLastUpdateTime":"yesterday")"))});
  EXPECT_THAT(times.unavailable, HasSubstr("yesterday"));
  EXPECT_THAT(times.newest, IsEmpty());
}

TEST_F(ExtractTimesTest, ACursorThatStandsStillDoesNotGoOnForEver) {
  const auto times = times_of({sources("", "c1"), sources("", "c1")});
  EXPECT_THAT(times.unavailable, HasSubstr("does not end"));
}

TEST_F(ExtractTimesTest, AnotherFormIsUnavailable) {
  for (const char* body : {"{}", R"({"data":null})", R"({"data":{"publishedDatasourcesConnection":{}}})", "[]"}) {
    Site& site = site_ ? *site_ : signed_in();
    server.expect("POST", "/api/metadata/graphql").reply(200, body, {{"Content-Type", "application/json"}});
    EXPECT_NE(extract_times(site, {}).unavailable, "") << body;
  }
}

TEST_F(ExtractTimesTest, WhereTheMetadataApiIsOffTheReasonIsTheSites) {
  Site& site = signed_in();
  server.expect("POST", "/api/metadata/graphql").reply(404, ts_error("404003", "Resource Not Found", "not enabled"));
  EXPECT_THAT(extract_times(site, {}).unavailable, HasSubstr("404003"));
}

}  // namespace
}  // namespace tabferry::tableau
