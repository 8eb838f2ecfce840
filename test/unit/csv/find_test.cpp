#include <gmock/gmock.h>

#include "base/text.h"
#include "reading.h"

namespace tabferry::csv {
namespace {

Format orders() {
  Format format;
  format.columns = columns({{"id", "int"}, {"note", "text"}, {"amount", "int"}});
  return format;
}

std::optional<Place> find(std::string_view text, const Format& format, uint64_t record, size_t column) {
  TextSource source(text);
  return find_record(source, format, "s3://b/f.csv", record, column);
}

void expect_place(const std::optional<Place>& place, uint64_t line, size_t column, const std::string& name,
                  const std::string& value) {
  ASSERT_TRUE(place.has_value());
  EXPECT_EQ(place->line, line);
  EXPECT_EQ(place->column, column);
  EXPECT_EQ(place->column_name, name);
  EXPECT_EQ(place->value, value);
}

constexpr auto kText =
    "\xef\xbb\xbf\nid,note,amount\r\n1,\"a\nb\",2\n\n3,\"say \"\"hi\"\"\",4\r\n5,\"x\ny\n\",99999999999";

TEST(FindRecord, CountsAsRewriteCounts) {
  EXPECT_EQ(read(kText, orders()).stats.records, 3U);
  expect_place(find(kText, orders(), 1, 1), 3, 1, "id", "1");
  expect_place(find(kText, orders(), 1, 2), 3, 2, "note", "a\nb");
  expect_place(find(kText, orders(), 1, 3), 4, 3, "amount", "2");
  expect_place(find(kText, orders(), 2, 2), 6, 2, "note", "say \"hi\"");
  expect_place(find(kText, orders(), 3, 3), 9, 3, "amount", "99999999999");
}

TEST(FindRecord, GivesTheWholeRecordForColumnZero) {
  expect_place(find(kText, orders(), 2, 0), 6, 0, "", "3,\"say \"\"hi\"\"\",4");
}

TEST(FindRecord, IsAbsentBehindTheEnd) {
  EXPECT_FALSE(find(kText, orders(), 4, 1));
  EXPECT_FALSE(find("", orders(), 1, 1));
  EXPECT_FALSE(find("id,note,amount\n", orders(), 1, 1));
}

TEST(FindRecord, CountsTheFirstLineWhereThereIsNoHeader) {
  Format format = orders();
  format.dialect.header = false;
  expect_place(find("7,a,8\n9,b,10\n", format, 1, 1), 1, 1, "id", "7");
}

TEST(FindRecord, KnowsTheFileColumn) {
  Format format = orders();
  format.file_column = true;
  expect_place(find(kText, format, 1, 4), 3, 4, "", "s3://b/f.csv");
}

TEST(FindRecord, CutsLongValuesBetweenCharacters) {
  const std::string value = std::string(199, 'x') + "üüü";
  const auto place = find("id,note,amount\n1," + value + ",2\n", orders(), 1, 2);
  ASSERT_TRUE(place);
  EXPECT_EQ(place->value, std::string(199, 'x'));
  EXPECT_TRUE(base::is_utf8(place->value));
}

TEST(FindRecord, SurvivesAFileThatChanged) {
  expect_place(find("id,note,amount\n1\n", orders(), 1, 3), 2, 3, "", "1");
  expect_place(find("id,note,amount\n1,2,3,4,5,6,7,8\n", orders(), 1, 7), 2, 7, "", "1,2,3,4,5,6,7,8");
}

}  // namespace
}  // namespace tabferry::csv
