// What faults put into answers: headers and pages.
#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/text.h"
#include "sim/faults/disposition.h"
#include "sim/faults/error_page.h"
#include "sim/faults/fault.h"

namespace tabferry::sim {
namespace {

std::string form(const char* name, const char* filename) {
  return disposition_in(name, "tableau_workbook", filename).value();
}

TEST(Disposition, HasTheFormsOfRealServers) {
  EXPECT_EQ(form("plain", "A b.twb"), R"(name="tableau_workbook"; filename="A b.twb")");
  EXPECT_EQ(form("quoted-ext", "A b.twb"), R"(name="tableau_workbook"; filename*=UTF-8''"A b.twb")");
  EXPECT_EQ(form("ext", "A b.twb"), R"(name="tableau_workbook"; filename*=UTF-8''A%20b.twb)");
  EXPECT_EQ(form("unquoted", "A b.twb"), R"(name="tableau_workbook"; filename=A b.twb)");
  EXPECT_EQ(form("plus", "A+b c.twb"), R"(name="tableau_workbook"; filename="A%2Bb+c.twb")");
  EXPECT_EQ(form("percent", "A b.twb"), R"(name="tableau_workbook"; filename="A%20b.twb")");
  EXPECT_EQ(form("slash", "x.twb"), R"(name="tableau_workbook"; filename="A/B x.twb")");
  EXPECT_EQ(form("japanese", "x.twb"), R"(name="tableau_workbook"; filename*=UTF-8''%E5%A3%B2%E4%B8%8A%20x.twb)");
  EXPECT_EQ(form("japanese-raw", "x.twb"), R"(name="tableau_workbook"; filename="売上 x.twb")");
  EXPECT_EQ(form("question", "x.twb"), R"(name="tableau_workbook"; filename="What? x.twb")");
  EXPECT_EQ(form("attachment", "x.twb"), R"(attachment; filename="x.twb")");
  EXPECT_EQ(form("no-filename", "x.twb"), R"(name="tableau_workbook")");
  EXPECT_FALSE(disposition_in("none", "tableau_workbook", "x.twb"));
}

TEST(Disposition, EveryWordOfTheFaultHasAForm) {
  for (const auto& row : fault_kinds()) {
    if (row.kind != FaultKind::disposition) continue;
    for (const auto word : base::split(row.words, ' ')) EXPECT_NO_THROW(disposition_in(word, "p", "f")) << word;
  }
}

TEST(Disposition, ANameCannotLeaveTheHeader) {
  for (const char* name : {"plain", "quoted-ext", "unquoted", "slash", "attachment"}) {
    const std::string header = form(name, "a\r\nX: \"b\\\x01.twb");
    EXPECT_EQ(header.find_first_of("\r\n\x01"), std::string::npos) << name;
  }
  EXPECT_EQ(form("plain", "a\"b\\.twb"), R"(name="tableau_workbook"; filename="a\"b\\.twb")");
}

TEST(ErrorPage, IsHtmlThatNamesItsStatus) {
  for (const int status : {413, 500, 502, 503, 504, 599}) {
    EXPECT_TRUE(html_page(status).starts_with("<!DOCTYPE html>"));
    EXPECT_NE(html_page(status).find(std::to_string(status)), std::string::npos);
  }
}

TEST(ErrorPage, WritesTimesAsHttpReadsThem) {
  const auto time = base::parse_iso_time("2016-08-03T20:34:04Z").value();
  EXPECT_EQ(http_date(time), "Wed, 03 Aug 2016 20:34:04 GMT");
  EXPECT_EQ(base::parse_http_date(http_date(time)), time);
}

}  // namespace
}  // namespace tabferry::sim
