#include <gmock/gmock.h>

#include "reading.h"

namespace tabferry::csv {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;

std::vector<table::Column> read_header(std::string_view text) {
  TextSource source(text);
  return read_header_file(source, "h.csv");
}

std::string refused(std::string_view text) {
  try {
    read_header(text);
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), base::ErrorKind::config);
    return error.what();
  }
  ADD_FAILURE() << "was read";
  return {};
}

TEST(HeaderFile, HoldsNamesAndTypes) {
  const auto expected =
      columns({{"id", "bigint"}, {"Order Date", "date"}, {"amount", "numeric(10,2)"}, {"a,b", "text"}});
  EXPECT_EQ(read_header("id,Order Date,amount,\"a,b\"\nint64,DATE,\"numeric(10,2)\",string\n"), expected);
  EXPECT_EQ(read_header("\xef\xbb\xbf id , Order Date,amount,\"a,b\"\r\n\r\n big_int,date,\" numeric(10,2)\",text"),
            expected);
}

TEST(HeaderFile, NeedsTwoLines) {
  EXPECT_EQ(refused(""),
            "h.csv: 0 lines instead of 2: a header file holds the column names in its first line and their types in "
            "its second");
  EXPECT_THAT(refused("id,name\n"), HasSubstr("h.csv: 1 line instead of 2"));
  EXPECT_EQ(refused("id\nint\n\n7\n"),
            "h.csv: line 4: a third line: a header file holds the column names and their types only");
}

TEST(HeaderFile, NeedsATypeForEachName) {
  EXPECT_EQ(refused("id,name\nint\n"),
            "h.csv: 2 names but 1 type: give each column one type; one with a comma needs quotes (\"numeric(10,2)\")");
  EXPECT_THAT(refused("id,amount\nint,numeric(10,2)\n"), HasSubstr("2 names but 3 types"));
}

TEST(HeaderFile, NeedsNamesThatDiffer) {
  EXPECT_EQ(refused("id,\nint,int\n"), "h.csv: column 2 has no name");
  EXPECT_EQ(refused("id,\" \"\nint,int\n"), "h.csv: column 2 has no name");
  EXPECT_EQ(refused("id,x,ID\nint,int,int\n"), "h.csv: column 3: the name 'ID' is there twice (case ignored)");
}

TEST(HeaderFile, NamesTheColumnOfAnUnknownType) {
  const auto message = refused("id,price\nint,duble\n");
  EXPECT_THAT(message, testing::StartsWith("h.csv: column 'price': unknown type 'duble'"));
  EXPECT_THAT(message, HasSubstr("did you mean"));
}

TEST(HeaderFile, IsReadAsStrictlyAsData) {
  EXPECT_THAT(refused("id,\"name\nint,text\n"),
              HasSubstr("h.csv: line 1, column 2: '\"name\\x0aint,text' opens a quote"));
  EXPECT_THAT(refused("\xff\xfei\0"sv), HasSubstr("h.csv: is UTF-16"));
  EXPECT_THAT(refused(std::string(20'000, ',') + "\nint\n"), HasSubstr("h.csv: line 1: more than 10000 columns"));
}

}  // namespace
}  // namespace tabferry::csv
