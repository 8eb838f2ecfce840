#include "table/schema.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/error.h"

namespace tabferry::table {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Types, KnowAllThatTheSampleKnows) {
  // hyper-api-samples, s3-to-hyper: the dictionary of s3-hyper.py; int64 is mended (the sample made it 32-bit).
  const std::pair<const char*, const char*> kSample[] = {
      {"big_int", "bigint"}, {"bool", "bool"}, {"bytes", "bytea"}, {"date", "date"}, {"double", "double precision"}, {"int", "int"},
      {"interval", "interval"}, {"json", "json"}, {"oid", "oid"}, {"small_int", "smallint"}, {"text", "text"}, {"timestamp", "timestamp"},
      {"timestamp_tz", "timestamptz"}, {"string", "text"}, {"varchar", "text"}, {"integer", "int"}, {"int64", "bigint"}};
  for (const auto& [word, expected] : kSample) EXPECT_EQ(sql(parse_type(word)), expected) << word;
  EXPECT_EQ(parse_type("geography").kind, Kind::geography);
}

TEST(Types, KnowSqlNames) {
  EXPECT_EQ(sql(parse_type(" NUMERIC( 10 , 2 ) ")), "numeric(10,2)");
  EXPECT_EQ(sql(parse_type("decimal(5)")), "numeric(5,0)");
  EXPECT_EQ(sql(parse_type("varchar(20)")), "varchar(20)");
  EXPECT_EQ(sql(parse_type("char(3)")), "char(3)");
  EXPECT_EQ(sql(parse_type("char")), "varchar(1)");   // a char(1) would cut longer texts
  EXPECT_EQ(sql(parse_type("Double Precision")), "double precision");
  EXPECT_EQ(sql(parse_type("time")), "time");
}

TEST(Types, RefuseWithACure) {
  EXPECT_THAT([] { parse_type("bigintt"); }, ThrowsMessage<base::Error>(HasSubstr("did you mean bigint?")));
  EXPECT_THAT([] { parse_type(""); }, ThrowsMessage<base::Error>(HasSubstr("unknown type")));
  EXPECT_THAT([] { parse_type("numeric"); }, ThrowsMessage<base::Error>(HasSubstr("numeric(p,s)")));
  EXPECT_THAT([] { parse_type("numeric(19,2)"); }, ThrowsMessage<base::Error>(HasSubstr("18")));
  EXPECT_THAT([] { parse_type("numeric(5,6)"); }, ThrowsMessage<base::Error>(HasSubstr("out of range")));
  EXPECT_THAT([] { parse_type("varchar(0)"); }, ThrowsMessage<base::Error>(HasSubstr("length")));
  EXPECT_THAT([] { parse_type("varchar(x)"); }, ThrowsMessage<base::Error>(HasSubstr("whole numbers")));
  EXPECT_THAT([] { parse_type("date(3)"); }, ThrowsMessage<base::Error>(HasSubstr("no numbers")));
  EXPECT_THAT([] { parse_type("int; DROP TABLE x"); }, ThrowsMessage<base::Error>(HasSubstr("unknown type")));
}

TEST(Names, AreQuotedForSql) {
  EXPECT_EQ(sql_name("a \"b\" %;]'"), "\"a \"\"b\"\" %;]'\"");
  EXPECT_EQ(sql_name(TableName{"Extract", "Extract"}), "\"Extract\".\"Extract\"");
  EXPECT_THROW(sql_name(""), base::Error);
  EXPECT_EQ(display({"public", "orders"}), "orders");
  EXPECT_EQ(display({"Extract", "orders"}), "Extract.orders");
}

TEST(Families, AreTableausLocalTypes) {
  EXPECT_EQ(name_of(family(parse_type("bigint"))), "integer");
  EXPECT_EQ(name_of(family(parse_type("numeric(5,2)"))), "real");
  EXPECT_EQ(name_of(family(parse_type("varchar(5)"))), "string");
  EXPECT_EQ(name_of(family(parse_type("timestamptz"))), "datetime");
  EXPECT_EQ(name_of(family(parse_type("bool"))), "boolean");
}

}  // namespace
}  // namespace tabferry::table
