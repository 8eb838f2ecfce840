#include <gmock/gmock.h>

#include "site_fixture.h"

namespace tabferry::tableau {
namespace {

using ::testing::IsEmpty;

const std::string kViews = kSite + "views?pageSize=";

class Lists : public SiteTest {
 protected:
  Lists() { signed_in(); }

  ListRequest views(int page_size = 2) {
    return {.doing = "listing the views", .path = "views", .wrapper = "views", .item = "view", .page_size = page_size};
  }
  static std::string page_of(int number, int size, int total, const std::string& letters) {
    std::string items;
    for (const char id : letters) items += fmt::format("<view id=\"{}\" name=\"n\"/>", id);
    return ts(fmt::format("<pagination pageNumber=\"{}\" pageSize=\"{}\" totalAvailable=\"{}\"/><views>{}</views>",
                          number, size, total, items));
  }
  // A page of views, one letter each.
  void expect_page(int number, int total, const std::string& letters, int size = 2) {
    server.expect("GET", fmt::format("{}{}&pageNumber={}", kViews, size, number))
        .reply(200, page_of(number, size, total, letters));
  }
  void expect_no_page(int number, int size = 2) {
    server.expect("GET", fmt::format("{}{}&pageNumber={}", kViews, size, number))
        .reply(400, ts_error("400006", "Bad Request", "Invalid page number"));
  }
  // Pages of one item each, and the end: a list of pages of two that is read again.
  void expect_singles(int total, const std::string& letters) {
    for (size_t i = 0; i < letters.size(); ++i) expect_page(static_cast<int>(i) + 1, total, letters.substr(i, 1), 1);
    expect_no_page(static_cast<int>(letters.size()) + 1, 1);
  }
  // A pass over a list of which all has moved by one place when its second page is asked for, and stays so: `later` is
  // the list then.
  void expect_moving(const std::string& letters, const std::string& later, size_t size, const std::string& sort = "") {
    for (size_t from = 0, number = 1; from < letters.size(); from += size, ++number) {
      const std::string part = (number == 1 ? letters : later).substr(from, size);
      server.expect("GET", fmt::format("{}{}&pageNumber={}{}", kViews, size, number, sort))
          .reply(200,
                 page_of(static_cast<int>(number), static_cast<int>(size), static_cast<int>(letters.size()), part));
    }
  }
  // The ids, as they were visited.
  std::string read(const ListRequest& request) {
    visited.clear();
    result = site().list(request, {}, [&](doc::Json item) {
      visited.push_back(item);
      ids += item.value("id", "?");
    });
    return std::exchange(ids, "");
  }

  ListResult result;
  std::vector<doc::Json> visited;
  std::string ids;
};

TEST_F(Lists, AreReadOnceWhereNothingMoves) {
  expect_page(1, 5, "ab");
  expect_page(2, 5, "cd");
  expect_page(3, 5, "e");
  EXPECT_EQ(read(views()), "abcde");
  EXPECT_EQ(result.announced, 5U);
  EXPECT_EQ(result.seen, 5U);
  EXPECT_EQ(result.passes, 1);
  EXPECT_EQ(result.requests, 3U);
  EXPECT_FALSE(result.refusal);
}

TEST_F(Lists, SayWhenTheyWereRead) {
  server.expect("GET", kSite + "webhooks")
      .reply(200, ts("<webhooks><webhook id=\"1\"/></webhooks>"), {{"Date", "Wed, 03 Aug 2016 20:34:04 GMT"}});
  EXPECT_EQ(read({.doing = "x", .path = "webhooks", .wrapper = "webhooks", .item = "webhook", .paged = false}), "1");
  EXPECT_EQ(result.as_of, base::parse_iso_time("2016-08-03T20:34:04Z"));
  EXPECT_EQ(result.announced, 1U);
}

TEST_F(Lists, AreSortedWhereAsked) {
  server.expect("GET", kSite + "views?fields=_all_&pageSize=2&pageNumber=1&sort=name:asc")
      .reply(200, page_of(1, 2, 1, "a"));
  ListRequest request = views();
  request.path = "views?fields=_all_";
  request.sort = "name:asc";
  EXPECT_EQ(read(request), "a");
}

TEST_F(Lists, AreReadUnsortedWhereTheSiteKnowsNoSort) {
  server.expect("GET", kSite + "views?pageSize=2&pageNumber=1&sort=name:asc")
      .reply(400, ts_error("400008", "Bad Request", "Invalid sort"));
  expect_page(1, 1, "a");
  ListRequest request = views();
  request.sort = "name:asc";
  EXPECT_EQ(read(request), "a");
}

// a b | c d becomes c a | b d: c slips by.
TEST_F(Lists, AnItemThatMovesAcrossPagesIsNotLost) {
  expect_page(1, 4, "ab");
  expect_page(2, 4, "bd");
  expect_no_page(3);
  expect_singles(4, "cabd");
  EXPECT_EQ(read(views()), "abdc");
  EXPECT_EQ(result.seen, 4U);
  EXPECT_EQ(result.passes, 2);
  EXPECT_FALSE(result.moving);
}

TEST_F(Lists, WhatSlipsAcrossABoundaryInEveryPassIsMetAtAnother) {
  expect_moving("abcdefghijklmno", "bcdefghijklmnoa", 10);  // k slips by
  expect_moving("abcdefghijklmno", "bcdefghijklmnoa", 7);   // h
  EXPECT_EQ(read(views(10)), "abcdefghijlmnok");
  EXPECT_EQ(result.passes, 2);
  EXPECT_FALSE(result.moving);
}

TEST_F(Lists, WhatSlipsByAtAnEndIsMetInTheOppositeOrder) {
  expect_moving("abcdefghijklmno", "oabcdefghijklmn", 10, "&sort=name:asc,createdAt:asc");  // o slips by
  expect_moving("onmlkjihgfedcba", "aonmlkjihgfedcb", 7, "&sort=name:desc,createdAt:desc");
  ListRequest request = views(10);
  request.sort = "name:asc,createdAt:asc";
  EXPECT_EQ(read(request), "abcdefghijklmno");
  EXPECT_EQ(result.passes, 2);
  EXPECT_FALSE(result.moving);
}

TEST_F(Lists, OneThatNeverStandsStillIsNotTakenAsWhole) {
  for (const size_t size : {10U, 7U, 9U, 8U}) expect_moving("abcdefghijklmno", "oabcdefghijklmn", size);
  EXPECT_EQ(read(views(10)), "abcdefghijklmn");
  EXPECT_EQ(result.announced, 15U);
  EXPECT_EQ(result.seen, 14U);
  EXPECT_EQ(result.passes, 4);
  EXPECT_TRUE(result.moving);
}

TEST_F(Lists, OneThatStandsStillInTheFourthPassIsWhole) {
  expect_moving("abcdefghijklmno", "oabcdefghijklmn", 10);
  expect_moving("abcdefghijklmno", "oabcdefghijklmn", 7);
  expect_moving("abcdefghijklmno", "oabcdefghijklmn", 9);
  expect_moving("abcdefghijklmno", "abcdefghijklmno", 8);
  EXPECT_EQ(read(views(10)), "abcdefghijklmno");
  EXPECT_FALSE(result.moving);
}

TEST_F(Lists, TheOppositeOrderMayBeUnknownToTheSite) {
  expect_moving("abc", "cab", 2, "&sort=name:asc");
  server.expect("GET", kViews + "1&pageNumber=1&sort=name:desc")
      .reply(400, ts_error("400008", "Bad Request", "Invalid sort"));
  expect_moving("abc", "abc", 1, "&sort=name:asc");
  server.expect("GET", kViews + "1&pageNumber=4&sort=name:asc")
      .reply(400, ts_error("400006", "Bad Request", "Invalid page number"));
  ListRequest request = views();
  request.sort = "name:asc";
  EXPECT_EQ(read(request), "abc");
}

TEST_F(Lists, ATotalThatChangesIsAReasonToReadAgain) {
  expect_page(1, 4, "ab");
  expect_page(2, 3, "d");
  expect_singles(3, "bcd");
  EXPECT_EQ(read(views()), "abdc");
  EXPECT_EQ(result.announced, 3U);
  EXPECT_EQ(result.seen, 4U) << "one that was there is gone";
  EXPECT_EQ(result.passes, 2);
}

TEST_F(Lists, ATotalThatPromisesTooMuchEndsAfterThreePasses) {
  expect_page(1, 9, "ab");
  expect_page(2, 9, "c");
  expect_no_page(3);
  for (int pass = 2; pass <= 3; ++pass) expect_singles(9, "abc");
  EXPECT_EQ(read(views()), "abc");
  EXPECT_EQ(result.announced, 9U);
  EXPECT_EQ(result.seen, 3U);
  EXPECT_EQ(result.passes, 3);
  EXPECT_FALSE(result.moving) << "the total is wrong, not the list";
}

TEST_F(Lists, TheNewestFormIsVisitedAgain) {
  const auto page = [&](const std::string& name, int total) {
    server.expect("GET", fmt::format("{}{}&pageNumber=1", kViews, total))
        .reply(200, ts(fmt::format("<pagination pageSize=\"2\" totalAvailable=\"{}\"/><views><view id=\"a\" "
                                   "name=\"{}\"/></views>",
                                   total, name)));
  };
  page("old", 2);
  page("new", 1);
  EXPECT_EQ(read(views()), "aa");
  EXPECT_EQ(visited[1]["name"], "new");
  EXPECT_EQ(result.seen, 1U);
}

TEST_F(Lists, ItemsWithoutIdAreAllKept) {
  const std::string items = "<task><run/></task><task><run/></task><task><run at=\"1\"/></task>";
  for (const int size : {1000, 700, 900})
    server.expect("GET", fmt::format("{}tasks?pageSize={}&pageNumber=1", kSite, size))
        .reply(200, ts("<pagination pageSize=\"1000\" totalAvailable=\"4\"/><tasks>" + items + "</tasks>"));
  read({.doing = "x", .path = "tasks", .wrapper = "tasks", .item = "task", .id_path = "run/id"});
  EXPECT_EQ(visited.size(), 3U);
  EXPECT_EQ(result.seen, 3U);
}

TEST_F(Lists, IdsMayStandDeeper) {
  server.expect("GET", kSite + "tasks?*")
      .reply(200, ts("<tasks><task><run id=\"1\" n=\"1\"/></task><task><run id=\"2\"/></task></tasks>"));
  read({.doing = "x", .path = "tasks", .wrapper = "tasks", .item = "task", .id_path = "run/id"});
  EXPECT_EQ(result.seen, 2U);
}

TEST_F(Lists, EndOnAnEmptyPage) {
  expect_page(1, 4, "ab");
  expect_page(2, 4, "");
  for (int pass = 2; pass <= 3; ++pass) {
    expect_page(1, 4, "a", 1);
    expect_page(2, 4, "b", 1);
    expect_page(3, 4, "", 1);
  }
  EXPECT_EQ(read(views()), "ab");
}

TEST_F(Lists, EndOnAFullLastPage) {
  expect_page(1, 2, "ab");
  expect_no_page(2);
  EXPECT_EQ(read(views()), "ab");
  EXPECT_EQ(result.passes, 1);
}

TEST_F(Lists, EndWhereTheSiteRepeatsItself) {
  for (const int size : {2, 1, 1}) {
    expect_page(1, 999999, "ab", size);
    expect_page(2, 999999, "ab", size);
  }
  EXPECT_EQ(read(views()), "ab");
}

TEST_F(Lists, AShortPageInTheMiddleIsNotTheEnd) {
  expect_page(1, 4, "a");
  expect_page(2, 4, "cd");
  expect_no_page(3);
  expect_singles(4, "abcd");
  EXPECT_EQ(read(views()), "acdb");
}

TEST_F(Lists, ARefusalIsAnAnswerOfTheFirstPageOnly) {
  server.expect("GET", kViews + "2&pageNumber=1").reply(403, ts_error("403157", "Forbidden", "not licensed"));
  EXPECT_EQ(read(views()), "");
  ASSERT_TRUE(result.refusal);
  EXPECT_EQ(result.refusal->code, 403157);
  expect_page(1, 4, "ab");
  server.expect("GET", kViews + "2&pageNumber=2").reply(403, ts_error("403004", "Forbidden", "x"));
  EXPECT_EQ(error_of([&] { read(views()); }).kind(), ErrorKind::denied);
}

TEST_F(Lists, BigPagesThatFailAreMadeSmaller) {
  std::string first;
  for (int i = 0; i < 250; ++i) first += fmt::format("<view id=\"{}\"/>", i);
  const auto page = [](int size, const std::string& items) {
    return ts(fmt::format("<pagination pageSize=\"{}\" totalAvailable=\"260\"/><views>{}</views>", size, items));
  };
  server.expect("GET", kViews + "250&pageNumber=1").reply(200, page(250, first));
  server.expect("GET", kViews + "250&pageNumber=2").times(3).reply(504);
  server.expect("GET", kViews + "125&pageNumber=3").reply(403, ts_error("403014", "Forbidden", "page size"));
  server.expect("GET", kViews + "100&pageNumber=3").reply(200, page(100, "<view id=\"249\"/><view id=\"250\"/>"));
  for (int i = 251; i < 260; ++i) first += fmt::format("<view id=\"{}\"/>", i);
  server.expect("GET", kViews + "70&pageNumber=1").reply(200, page(70, first));  // announced more: a second pass
  server.expect("GET", kViews + "70&pageNumber=2").reply(200, page(70, first));
  read(views(250));
  EXPECT_EQ(result.seen, 260U);
  EXPECT_EQ(result.passes, 2);
}

TEST_F(Lists, SlowPagesAreMadeSmaller) {
  server.expect("GET", kViews + "1000&pageNumber=1").times(3).reply_cut(200, "half of it", 4);
  server.expect("GET", kViews + "500&pageNumber=1").reply(200, page_of(1, 500, 1, "a"));
  EXPECT_EQ(read(views(1000)), "a");
}

TEST_F(Lists, ASiteThatIsDownIsNotAskedForSmallerPages) {
  server.expect("GET", kViews + "1000&pageNumber=1").times(3).reply(503);
  EXPECT_EQ(error_of([&] { read(views(1000)); }).kind(), ErrorKind::transient);
}

TEST_F(Lists, AnotherListIsNoEmptyOne) {
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, ts("<workbooks><workbook id=\"1\"/></workbooks>"));
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, ts("<views><workbook id=\"1\"/></views>"));
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, ts("<pagination totalAvailable=\"3\"/>"));
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, web_page());
  for (int i = 0; i < 4; ++i) EXPECT_EQ(error_of([&] { read(views()); }).kind(), ErrorKind::corrupt);
}

TEST_F(Lists, EmptyOnesMayBeLeftOut) {
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, ts("<pagination totalAvailable=\"0\"/>"));
  server.expect("GET", kViews + "2&pageNumber=1").reply(200, ts("<views/>"));
  EXPECT_EQ(read(views()) + read(views()), "");
}

TEST_F(Lists, OddPaginationDoesNoHarm) {
  server.expect("GET", kViews + "2&pageNumber=1")
      .reply(200, ts("<pagination pageNumber=\"x\" pageSize=\"0\" totalAvailable=\"-5\"/>"
                     "<views><view id=\"a\"/></views>"));
  EXPECT_EQ(read(views()), "a");
}

// ---- JSON

TEST_F(Lists, CollectionsGoByPageNumbers) {
  const auto page = [](int number, const std::string& items) {
    return fmt::format(R"({{"pagination":{{"pageNumber":{},"pageSize":2,"totalAvailable":3}},"items":[{}]}})", number,
                       items);
  };
  server.expect("GET", "/api/-/collections?pageSize=2&pageNumber=1")
      .reply(200, page(1, R"({"luid":"a"},{"luid":"b"})"));
  server.expect("GET", "/api/-/collections?pageSize=2&pageNumber=2").reply(200, page(2, R"({"luid":"c","n":1.50})"));
  read({.doing = "x",
        .below = Below::newest,
        .path = "collections",
        .wrapper = "items",
        .id_path = "luid",
        .page_size = 2});
  EXPECT_EQ(visited.size(), 3U);
  EXPECT_EQ(result.announced, 3U);
  EXPECT_EQ(result.passes, 1);
}

TEST_F(Lists, PulseGoesByTokens) {
  server.expect("GET", "/api/-/pulse/definitions?view=FULL&page_size=2")
      .reply(200, R"({"definitions":[{"metadata":{"id":"a"}},{"metadata":{"id":"b"}}],)"
                  R"("next_page_token":"t/1","total_available":3})");
  server.expect("GET", "/api/-/pulse/definitions?view=FULL&page_size=2&page_token=t%2F1")
      .reply(200, R"({"definitions":[{"metadata":{"id":"c"}}],"next_page_token":"","total_available":3})");
  const ListRequest request{.doing = "x",
                            .below = Below::newest,
                            .path = "pulse/definitions?view=FULL",
                            .wrapper = "definitions",
                            .id_path = "metadata/id",
                            .page_size = 2};
  read(request);
  EXPECT_EQ(visited.size(), 3U);
  EXPECT_EQ(result.passes, 1);
  server.expect("GET", "/api/-/pulse/definitions*").reply(200, "{}");
  server.expect("GET", "/api/-/pulse/definitions*").reply(200, R"({"metrics":[{"id":"x"}]})");
  read(request);
  EXPECT_THAT(visited, IsEmpty());
  EXPECT_EQ(error_of([&] { read(request); }).kind(), ErrorKind::corrupt);
}

}  // namespace
}  // namespace tabferry::tableau
