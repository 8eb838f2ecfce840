// The engine's error texts, word for word as hyperd 0.0.26963 gave them.
#include "hyper/refusal.h"

#include <gtest/gtest.h>

namespace tabferry::hyper {
namespace {

const std::vector<table::Column> kColumns{{.name = "id"}, {.name = "a"}, {.name = "amount"}};

BadRecord read(const std::string& message, const std::string& detail) {
  return read_bad_record({"22P02", message, detail}, kColumns);
}

void expect_bad(const BadRecord& bad, uint64_t record, size_t column, const std::string& name, const std::string& reason) {
  EXPECT_EQ(bad.record, record);
  EXPECT_EQ(bad.column, column);
  EXPECT_EQ(bad.column_name, name);
  EXPECT_EQ(bad.reason, reason);
}

TEST(Refusal, LineAndColumnOfAValue) {
  expect_bad(read("invalid input syntax for integer", "file: 'stdin' line:3 column:1"), 3, 1, "id",
             "invalid input syntax for integer");
  expect_bad(read("numeric overflow", "file: 'stdin' line:2500017 column:2"), 2500017, 2, "a", "numeric overflow");
}

TEST(Refusal, LineOnlyWhereTheFieldCountIsWrong) {
  expect_bad(read("too few columns in input file", "file:'stdin' line:2"), 2, 0, "", "too few columns in input file");
  expect_bad(read("unterminated CSV quoted field", "file:'stdin' line:2"), 2, 0, "", "unterminated CSV quoted field");
}

TEST(Refusal, NameOfTheColumnThatIsNotUtf8) {
  expect_bad(read("invalid UTF-8 sequence in line 17", "column name: amount"), 17, 3, "amount", "invalid UTF-8 sequence");
}

TEST(Refusal, NotNullCountsColumnsFromZero) {
  expect_bad(read("The scanned data violates the NOT NULL constraint of column \"id\" (line: 2, column 0)", ""), 2, 1, "id",
             "The scanned data violates the NOT NULL constraint of column \"id\"");
}

TEST(Refusal, NotNullOfAColumnWhoseNameLooksLikeAPlace) {
  const std::string name = "x\" (line: 9, column 9)";
  const auto bad = read_bad_record(
      {"23502", "The scanned data violates the NOT NULL constraint of column \"" + name + "\" (line: 4, column 0)", ""},
      {{.name = name}});
  EXPECT_EQ(bad.record, 4U);
  EXPECT_EQ(bad.column, 1U);
  EXPECT_EQ(bad.column_name, name);
}

TEST(Refusal, AValueInTheReasonIsNoPlace) {
  const std::string message = "invalid timestamp literal 'x line:7 column:8': Overflowing Date Unit. Parsed with strict date style YMD.";
  expect_bad(read(message, "file: 'stdin' line:2 column:3"), 2, 3, "amount", message);
}

TEST(Refusal, UnknownTextIsTheReasonWithoutAPlace) {
  expect_bad(read("something new", "no place here"), 0, 0, "", "something new");
  expect_bad(read("numeric overflow", "file: 'stdin' line:x column:"), 0, 0, "", "numeric overflow");
}

TEST(Refusal, AColumnBeyondTheTableHasNoName) {
  expect_bad(read("numeric overflow", "file: 'stdin' line:1 column:9"), 1, 9, "", "numeric overflow");
}

TEST(Refusal, ClassesOfSqlStates) {
  EXPECT_TRUE(blames_data({"22P02", "", ""}));
  EXPECT_TRUE(blames_data({"23502", "", ""}));
  EXPECT_FALSE(blames_data({"53200", "", ""}));
  EXPECT_TRUE(blames_statement({"42601", "", ""}));
  EXPECT_TRUE(blames_statement({"0A000", "", ""}));
  for (const std::string machine : {"53200", "53S03", "58S01", "57P01", "XX000", "00000", ""})
    EXPECT_FALSE(blames_statement({machine, "", ""}) || blames_data({machine, "", ""})) << machine;
}

TEST(Refusal, AFullDiskIsNamedWithItsCure) {
  const auto words = explain({"53200", "unable to write compressed datablock: growing the database file failed", ""}, "/tmp/x.hyper");
  EXPECT_NE(words.find("growing the database file failed: the disk of /tmp is full ("), std::string::npos) << words;
  EXPECT_NE(words.find("free some space"), std::string::npos) << words;
}

TEST(Refusal, MemoryThatRanOutIsNamedWithItsCure) {
  const auto words = explain({"53S03", "Cannot allocate 1048608 bytes of memory: The `local transaction memory limit` limit was exceeded.", ""}, "");
  EXPECT_NE(words.find("memory ran out"), std::string::npos) << words;
}

TEST(Refusal, OnlyTheFirstLineOfDetailIsSaid) {
  EXPECT_EQ(explain({"58S01", "could not load database", "DatabaseId: \"a\"\nDatabaseId: \"a\""}, ""),
            "could not load database (DatabaseId: \"a\")");
}

}  // namespace
}  // namespace tabferry::hyper
