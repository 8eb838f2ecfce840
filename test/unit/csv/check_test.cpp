// Which fields each type takes, and what is said of the others.
#include "csv/check.h"

#include <gmock/gmock.h>

#include "reading.h"

namespace tabferry::csv {
namespace {

using testing::EndsWith;
using testing::HasSubstr;

using Texts = std::vector<std::string>;

void expect_taken(const std::string& type, const Texts& texts) {
  for (const auto& text : texts) EXPECT_EQ(read("\"" + text + "\"\n", one(type)).error, "") << type << " " << text;
}

void expect_refused(const std::string& type, const Texts& texts) {
  for (const auto& text : texts)
    EXPECT_THAT(read("x\n", one("text")).error + read("\"" + text + "\"\n", one(type)).error,
                HasSubstr("f.csv: line 1, column 1 (v): "))
        << type << " " << text;
}

std::string said(const std::string& type, const std::string& text) {
  const auto message = refusal("\"" + text + "\"\n", one(type));
  const std::string place = "f.csv: line 1, column 1 (v): ";
  EXPECT_TRUE(message.starts_with(place)) << message;
  return message.substr(std::min(place.size(), message.size()));
}

TEST(Check, WholeNumbers) {
  for (const std::string type : {"smallint", "int", "bigint", "oid"}) {
    expect_taken(type, {"0", "12", "-5", "+7", "007", " 12 ", "\t12", "12\t ", "99999999999999999999"});
    expect_refused(type, {"",      " ",   "-",  "+",  "--1", "- 5",   "1.0", "1.", "1e3",  "0x10", "1_000",
                          "1,234", "(5)", "5%", "$5", "5-",  "1 234", "nan", "१२", "12\n", "true", "NULL"});
  }
}

TEST(Check, Decimals) {
  for (const std::string type : {"double", "numeric(10,2)"}) {
    expect_taken(type, {"0", "1.5", "-1.5", "+1.5", ".5", "1.", " 1.5\t", "1e3", "1E+3", "12.5e-1", "1e0005",
                        "123456789012345678901234567890"});
    expect_refused(type,
                   {"",        " ",     ".",  "-.",  "1.2.3", "1e", "e1",    ".e1", "1e5.5", "1 5", "1,5",   "1,234.5",
                    "1.234,5", "(1.5)", "5%", "5 %", "$5",    "5€", "0x1p3", "1d",  "1f",    "--1", "1e+-3", "1.5\n"});
  }
}

TEST(Check, WordsOfADouble) {
  const Texts words = {"nan", "NaN", "-nan", "inf", "-Inf", "+INFINITY", "infinity", " inf "};
  expect_taken("double", words);
  expect_refused("numeric(10,2)", words);
  expect_refused("bigint", words);
  expect_refused("double", {"infi", "infinit", "nano", "in", "i nf", "+ inf", "nan(1)"});
}

TEST(Check, DoublesThatWouldBeInfinite) {
  expect_taken("double",
               {"1e308", "1.7976931348623157e308", "-1.7976931348623157E+308", "1e-400", "0e999999", "0.0e400",
                "1e-99999999999999999999", std::string(309, '0') + "1", "0." + std::string(400, '0') + "1",
                std::string(400, '1') + "e-200", "0." + std::string(400, '0') + "1e400", "-1e-400"});
  expect_refused("double",
                 {"1e309", "-1e400", "1.7976931348623159e308", "1e99999999999999999999", std::string(400, '9'),
                  std::string(400, '9') + ".5", std::string(400, '1') + "e-20", "0.001e400", "1.0E+1000"});
  EXPECT_EQ(said("double", "1e400"),
            "'1e400' is too large for a double and would become Infinity: correct the value, or make the column text");
  expect_taken("numeric(10,2)", {"1e400"});  // the engine says that this overflows
}

TEST(Check, Dates) {
  expect_taken("date",
               {"2024-01-31", " 2024-01-31 ", "\t2024-01-31", "0001-01-01", "9999-12-31", "2024-02-30", "2024-13-45"});
  expect_refused("date", {"",
                          "2024-1-2",
                          "24-01-02",
                          "2024/01/02",
                          "01/02/2024",
                          "02.01.2024",
                          "20240102",
                          "2024-001",
                          "Jan 2 2024",
                          "infinity",
                          "2024-01-02 BC",
                          "10000-01-01",
                          "2024-01-02Z",
                          "2024-01-02+00",
                          "2024-01-02 10:00",
                          "2024-01-02T00:00:00",
                          "-2024-01-02",
                          "0000-01-01",
                          "0000-00-00",
                          "today",
                          "2024-01-0x",
                          "2024-01- 2",
                          "2024-01-02\n",
                          "45000"});
}

TEST(Check, Timestamps) {
  const Texts in_utc = {"2024-01-02",
                        "2024-01-02 10:00",
                        "2024-01-02T10:00",
                        "2024-01-02 10:00:59",
                        "2024-01-02T23:59:59.123456",
                        "2024-01-02 00:00:00.1",
                        "2024-01-02 10:00:00.123456789",
                        " 2024-01-02 10:00 ",
                        "2024-01-02 10:00Z",
                        "2024-01-02T10:00:00Z",
                        "2024-01-02 10:00:00.5+00",
                        "2024-01-02 10:00:00+0000",
                        "2024-01-02 10:00:00+00:00"};
  const Texts with_zone = {"2024-01-02 10:00+02", "2024-01-02 10:00:00-0230", "2024-01-02T10:00:00.5+05:30",
                           "2024-01-02 10:00-00"};
  const Texts bad = {"",
                     "2024-01-02 ",
                     "2024-01-02T",
                     "2024-01-02 10",
                     "2024-01-02  10:00",
                     "2024-01-02t10:00",
                     "2024-01-02 24:00:00",
                     "2024-01-02 10:60",
                     "2024-01-02 10:00:60",
                     "2024-01-02 10:00:00.",
                     "2024-01-02 10:00:00,5",
                     "2024-01-02 10:00.5",
                     "2024-01-02 1:00",
                     "2024-01-02 10:00 PM",
                     "2024-01-02 10:00:00 +00:00",
                     "2024-01-02 10:00 UTC",
                     "2024-01-02Z",
                     "2024-01-02+00",
                     "01/02/2024 10:00",
                     "20240102T100000",
                     "2024-01-02 10:00:00z",
                     "2024-01-02 10:00+2",
                     "2024-01-02 10:00+02:",
                     "2024-01-02 10:00+020000",
                     "2024-01-02 10:00+02:0",
                     "infinity",
                     "1704189600",
                     "0000-00-00 00:00:00",
                     "2024-01-02\n10:00"};
  expect_taken("timestamptz", in_utc);
  expect_taken("timestamptz", with_zone);
  expect_refused("timestamptz", Texts(bad.begin() + 2, bad.end()));
  expect_taken("timestamp", in_utc);
  expect_refused("timestamp", with_zone);
  expect_refused("timestamp", Texts(bad.begin() + 2, bad.end()));
  expect_refused("timestamp", {"", " "});
  expect_taken("timestamp", {"2024-01-02 "});  // a blank around it is dropped
}

TEST(Check, Times) {
  expect_taken("time", {"10:00", "00:00:00", "23:59:59.999999", " 10:00 ", "10:00:00.5"});
  expect_refused("time", {"", "10", "1:00", "24:00", "10:60", "10:00:60", "10:00Z", "10:00+00", "10:00 PM", "1000",
                          "10:00:00.", "10:00.5", "10:00:", "2024-01-02 10:00"});
}

TEST(Check, OtherTypesAreTheEnginesAffair) {
  for (const std::string type : {"text", "varchar(2)", "char(3)", "bool", "json", "bytes", "interval", "geography"})
    expect_taken(type, {"", "anything at all", "1,234"});
}

TEST(Check, NullIsNotChecked) {
  for (const std::string type : {"int", "double", "numeric(4,1)", "date", "time", "timestamp", "timestamptz"}) {
    Format format = one(type);
    format.columns.push_back({.name = "w"});
    EXPECT_EQ(canonical(",x\n", format), ",x\n");
    format.dialect.null_string = "NULL";
    EXPECT_EQ(canonical("NULL,x\n", format), "NULL,x\n");
    EXPECT_THAT(refusal("\"NULL\",x\n", format),
                EndsWith("if it stands for NULL, write NULL, without quotes and blanks"));
    EXPECT_THAT(refusal(" NULL,x\n", format), EndsWith("if it stands for NULL, write NULL, without quotes and blanks"));
    EXPECT_THAT(refusal(",x\n", format), HasSubstr("(v): '' is no "));
    EXPECT_THAT(refusal(",x\n", format), EndsWith("for NULL, write NULL, without quotes and blanks"));
    EXPECT_THAT(refusal("null,x\n", format), HasSubstr("(v): 'null' is no "));
  }
}

TEST(Check, AQuotedEmptyFieldIsNoNull) {
  EXPECT_EQ(said("bigint", ""), "'' is no bigint: for NULL, leave the field empty, without quotes and blanks");
  EXPECT_EQ(said("date", ""), "'' is no date: for NULL, leave the field empty, without quotes and blanks");
  EXPECT_EQ(refusal(" \n", one("int")),
            "f.csv: line 1, column 1 (v): ' ' is no int: for NULL, leave the field empty, without quotes and blanks");
}

TEST(Check, SaysWhatIsWrongWithANumber) {
  EXPECT_EQ(said("numeric(10,2)", "1,234"),
            "'1,234' has a thousands mark (or a decimal comma): write plain digits, with a point before the decimals");
  EXPECT_EQ(said("int", "(5)"), "'(5)' is an amount in brackets: write it with a minus sign instead");
  EXPECT_EQ(said("double", "5%"), "'5%' has a percent sign: write the number that is meant (0.05 for 5%)");
  EXPECT_EQ(said("int", "1.5"),
            "'1.5' is no int, which takes digits only: write a whole number, or make the column numeric or double");
  EXPECT_EQ(said("int", "nan"), "'nan' is no int: correct the value, or make the column double");
  EXPECT_EQ(said("numeric(6,2)", "inf"), "'inf' is no numeric(6,2): correct the value, or make the column double");
  EXPECT_EQ(said("bigint", "n/a"),
            "'n/a' is no bigint: if it stands for NULL, leave the field empty, without quotes and blanks");
  EXPECT_EQ(said("bigint", "twelve"), "'twelve' is no bigint: correct the value, or make the column text");
  EXPECT_EQ(said("bigint", "12 pcs"), "'12 pcs' is no bigint: write digits with an optional sign");
  EXPECT_EQ(said("double", "$12"),
            "'$12' is no double precision: write digits with an optional sign and a decimal point");
}

TEST(Check, SaysWhatIsWrongWithADateOrTime) {
  EXPECT_EQ(said("date", "01/02/2024"),
            "'01/02/2024' is no date as YYYY-MM-DD (2024-01-31), and the engine would guess: rewrite it, or make the "
            "column text");
  EXPECT_EQ(said("date", "2024-01-02T10:00:00"),
            "'2024-01-02T10:00:00' has a time of day, which a date would lose: make the column timestamp, or remove "
            "the time");
  EXPECT_EQ(said("timestamp", "2024-01-02 10:00+02:00"),
            "'2024-01-02 10:00+02:00' has a zone other than UTC, which a timestamp would drop: make the column "
            "timestamptz, or write it in UTC");
  EXPECT_EQ(said("timestamp", "2024-01-02 10:00 PM"),
            "'2024-01-02 10:00 PM' is no timestamp as YYYY-MM-DD HH:MM:SS (00:00 to 23:59, '.' before the fraction), "
            "and the engine would "
            "guess: rewrite it, or make the column text");
  EXPECT_EQ(said("timestamptz", "2024-01-02 10:00 UTC"),
            "'2024-01-02 10:00 UTC' is no timestamp as YYYY-MM-DD HH:MM:SS+00:00 (00:00 to 23:59, '.' before the "
            "fraction, zone as Z or "
            "+HH:MM), and the engine would guess: rewrite it, or make the column text");
  EXPECT_EQ(said("time", "10:00 PM"),
            "'10:00 PM' is no time as HH:MM:SS (00:00 to 23:59, no zone, no AM or PM), and the engine would guess: "
            "rewrite it, or make the "
            "column text");
}

TEST(Check, NamesThePlaceOfTheValue) {
  Format format;
  format.columns = columns({{"id", "int"}, {"note", "text"}, {"amount", "numeric(10,2)"}});
  EXPECT_THAT(refusal("id,note,amount\n1,\"two\nlines\",3\n\n2,\"three\nmore\n\",\"1,5\"\n", format),
              HasSubstr("f.csv: line 7, column 3 (amount): '1,5' has a thousands mark"));
  EXPECT_THAT(refusal("id,note,amount\n1,\"a\",\"x \"\"y\"\"\"\n", format),
              HasSubstr("line 2, column 3 (amount): 'x \"y\"' is no numeric"));
}

}  // namespace
}  // namespace tabferry::csv
