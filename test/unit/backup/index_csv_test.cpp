// The list of a snapshot for a spreadsheet.
#include "backup/index_csv.h"

#include "seal_fixture.h"
#include "support/text_sink.h"

namespace tabferry::backup {
namespace {

TEST(CsvCell, IsQuotedWhereItMustBe) {
  EXPECT_EQ(csv_cell("plain text"), "plain text");
  EXPECT_EQ(csv_cell(""), "");
  EXPECT_EQ(csv_cell("a,b"), "\"a,b\"");
  EXPECT_EQ(csv_cell("say \"x\""), "\"say \"\"x\"\"\"");
  EXPECT_EQ(csv_cell("two\nlines"), "\"two\nlines\"");
}

TEST(CsvCell, IsNeverAFormula) {
  EXPECT_EQ(csv_cell("=1+1"), "'=1+1");
  EXPECT_EQ(csv_cell("+1"), "'+1");
  EXPECT_EQ(csv_cell("-1"), "'-1");
  EXPECT_EQ(csv_cell("@x"), "'@x");
  EXPECT_EQ(csv_cell("\t=1"), "'\t=1");
  EXPECT_EQ(csv_cell("\r=1"), "\"'\r=1\"");
  EXPECT_EQ(csv_cell("=HYPERLINK(\"x\",1)"), "\"'=HYPERLINK(\"\"x\"\",1)\"");
  EXPECT_EQ(csv_cell("1=1"), "1=1");
}

TEST(IndexCsv, HasARowForEachItemAndMetadataFile) {
  Manifest manifest;
  manifest.head.as_of = "now";
  manifest.entries.push_back({.kind = "workbooks", .luid = "w1", .name = "Sales, \u00fc",
                              .natural_key = "Finance/Sales, \u00fc", .updated_at = "t",
                              .outcome = Receipt::Outcome::done, .key = "s/w1.twbx", .size_bytes = 5, .sha256 = "22", .last_good = {}});
  manifest.entries.push_back(
      {.kind = "flows", .luid = "f1", .name = "=x", .natural_key = "Finance/=x", .last_good = {}});
  manifest.entries.push_back({.kind = "custom_views", .luid = "c1", .name = "Mine",
                              .natural_key = "Finance/Sales/Overview/ann/Mine", .last_good = {}});
  manifest.files.push_back({.key = "s/metadata_tableau/users.json", .size_bytes = 9, .sha256 = "33"});
  test::TextSink csv;
  write_index_csv(manifest, csv);
  EXPECT_EQ(csv.text,
            "\xEF\xBB\xBFkind,project,name,luid,key,size_bytes,sha256,status,updated_at,natural_key\r\n"
            "workbooks,Finance,\"Sales, \u00fc\",w1,s/w1.twbx,5,22,done,t,\"Finance/Sales, \u00fc\"\r\n"
            "flows,Finance,'=x,f1,,,,failed,,Finance/=x\r\n"
            "custom_views,Finance,Mine,c1,,,,failed,,Finance/Sales/Overview/ann/Mine\r\n"
            "metadata,,users.json,,s/metadata_tableau/users.json,9,33,done,now,\r\n");
}

}  // namespace
}  // namespace tabferry::backup
