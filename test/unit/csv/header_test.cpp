#include <gmock/gmock.h>

#include "reading.h"

namespace tabferry::csv {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Format orders(bool check_header) {
  Format format;
  format.dialect.check_header = check_header;
  format.columns = columns({{"id", "bigint"}, {"Name", "text"}, {"day", "date"}});
  return format;
}

constexpr auto kOtherName =
    "f.csv: line 1: the header differs: expected 'id, Name, day', found 'id, Customer, day' (column 2 is 'Customer' "
    "instead of "
    "'Name'): correct the header or the table's columns";
constexpr auto kOtherOrder =
    "f.csv: line 1: the header has the columns in another order: expected 'id, Name, day', found 'day, ID, name' "
    "(column 1 is "
    "'day' instead of 'id'): fields are read by position (matching by name is not built), so give the columns in the "
    "header's order";

TEST(Header, CaseBlanksAndQuotesDoNotMatter) {
  for (const bool check : {true, false}) {
    const auto outcome = read(" ID ,\"name\",\" Day \"\n1,a,2024-01-02\n", orders(check));
    EXPECT_EQ(outcome.error, "");
    EXPECT_EQ(outcome.output, "1,a,2024-01-02\n");
    EXPECT_THAT(outcome.stats.warnings, IsEmpty());
  }
}

TEST(Header, AnotherNameIsRefused) {
  EXPECT_EQ(refusal("id,Customer,day\n1,a,2024-01-02\n", orders(true)), kOtherName);
}

TEST(Header, AnotherNameIsAWarningWhereHeadersAreNotChecked) {
  const auto outcome = read("id,Customer,day\n1,a,2024-01-02\n", orders(false));
  EXPECT_EQ(outcome.error, "");
  EXPECT_EQ(outcome.output, "1,a,2024-01-02\n");
  EXPECT_THAT(outcome.stats.warnings, ElementsAre(kOtherName));
}

TEST(Header, AnotherOrderIsRefusedEitherWay) {
  for (const bool check : {true, false})
    EXPECT_EQ(refusal("day,ID,name\n2024-01-02,1,a\n", orders(check)), kOtherOrder);
}

TEST(Header, AnotherNumberOfNamesIsRefusedEitherWay) {
  for (const bool check : {true, false}) {
    EXPECT_THAT(refusal("id,name\n1,a,2024-01-02\n", orders(check)),
                HasSubstr("line 1: 2 fields instead of 3, in the record 'id,name'"));
    EXPECT_THAT(refusal("id,name,day,x\n1,a,2024-01-02\n", orders(check)), HasSubstr("line 1: 4 fields instead of 3"));
  }
}

TEST(Header, DataInItsPlaceIsSaid) {
  const auto message =
      "f.csv: line 1: the header differs: expected 'id, Name, day', found '1, a, 2024-01-02' (column 1 is '1' instead "
      "of 'id'): this "
      "looks like data; where the file has no header, set csv: {header: false}";
  EXPECT_EQ(refusal("1,a,2024-01-02\n", orders(true)), message);
  EXPECT_THAT(read("1,a,2024-01-02\n", orders(false)).stats.warnings, ElementsAre(message));
  EXPECT_THAT(refusal("1,name,2024-01-02\n", orders(true)), HasSubstr("correct the header"));  // one is a name: no data
  EXPECT_THAT(refusal("x,y,z\n", orders(true)), HasSubstr("correct the header"));
}

TEST(Header, LongListsAreCutAndTheDifferenceIsNamed) {
  Format format;
  std::string header;
  for (int i = 0; i < 200; ++i) {
    format.columns.push_back({.name = "column" + std::to_string(i)});
    header += (i == 0 ? "" : ",") + (i == 150 ? std::string("other") : "column" + std::to_string(i));
  }
  const auto message = refusal(header + "\n", format);
  EXPECT_THAT(message, HasSubstr("(column 151 is 'other' instead of 'column150')"));
  EXPECT_LT(message.size(), 1000U);
}

TEST(Header, IsNotLookedForWhereThereIsNone) {
  Format format = orders(true);
  format.dialect.header = false;
  EXPECT_EQ(canonical("1,a,2024-01-02\n", format), "1,a,2024-01-02\n");
}

TEST(Header, ItsPlaceCountsBlankLinesBefore) {
  EXPECT_THAT(refusal("\n\nid,x,day\n", orders(true)), HasSubstr("f.csv: line 3: the header differs"));
}

}  // namespace
}  // namespace tabferry::csv
