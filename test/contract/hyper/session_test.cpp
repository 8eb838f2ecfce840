// What the real engine keeps: types, names, NULLs, tables.
#include <gmock/gmock.h>

#include <fstream>

#include "contract/hyper/running_engine.h"

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;

namespace tabferry::hyper {
namespace {

using Row = std::vector<std::optional<std::string>>;

class ExtractSession : public testing::Test {
 protected:
  void SetUp() override { session_.create_database(path()); }
  std::string path() const { return running_.file("x.hyper"); }

  RunningEngine running_;
  Session session_ = running_.engine.connect({});
};

struct Sample {
  std::string type;
  std::string in;     // as the CSV has it
  std::string out;    // as the engine says it in text
};

const Sample kSamples[] = {
    {"bool", "true", "t"},
    {"smallint", "-32768", "-32768"},
    {"int", "2147483647", "2147483647"},
    {"bigint", "-9223372036854775808", "-9223372036854775808"},
    {"int64", "9223372036854775807", "9223372036854775807"},
    {"oid", "4294967295", "4294967295"},
    {"double", "1.5e300", "1.5e+300"},
    {"numeric(18,4)", "12345678901234.5678", "12345678901234.5678"},
    {"numeric(5,0)", "-12345", "-12345"},
    {"text", "grüße, 世界 🚢", "grüße, 世界 🚢"},
    {"varchar(5)", "abcde", "abcde"},
    {"char(3)", "ab", "ab "},
    {"date", "2024-02-29", "2024-02-29"},
    {"time", "23:59:59.123456", "23:59:59.123456"},
    {"timestamp", "2024-02-29 23:59:59.123456", "2024-02-29 23:59:59.123456"},
    {"timestamp", "2024-02-29T10:00:00", "2024-02-29 10:00:00"},
    {"timestamptz", "2024-02-29 10:00:00+02:00", "2024-02-29 08:00:00+00"},
    {"timestamptz", "2024-02-29 10:00:00", "2024-02-29 10:00:00+00"},
    {"interval", "P1Y2M3DT4H5M6S", "P1Y2M3DT4H5M6S"},
    {"bytes", "\\x00ff10", "\\x00ff10"},
    {"json", "{\"a\": [1, null]}", "{\"a\": [1, null]}"},
    {"geography", "POINT(1 2)", "POINT(1.0000000 2.0000000)"},
};

std::string in_quotes(const std::string& text) {
  std::string result = "\"";
  for (const char c : text) result += c == '"' ? std::string("\"\"") : std::string(1, c);
  return result + "\"";
}

TEST_F(ExtractSession, EveryTypeComesBack) {
  table::Table table{.name = {.name = "types"}};
  std::string values, nulls;
  for (size_t i = 0; i < std::size(kSamples); ++i) {
    table.columns.push_back({"c" + std::to_string(i), table::parse_type(kSamples[i].type), true});
    values += (i == 0 ? "" : ",") + in_quotes(kSamples[i].in);
    nulls += i == 0 ? "" : ",";
  }
  session_.create_table(table);
  EXPECT_EQ(load(session_, table, values + "\n" + nulls + "\n").rows, 2U);
  const auto rows = session_.query("SELECT * FROM types ORDER BY c2 NULLS LAST");
  ASSERT_EQ(rows.size(), 2U);
  for (size_t i = 0; i < std::size(kSamples); ++i) {
    EXPECT_EQ(rows[0][i], kSamples[i].out) << kSamples[i].type;
    EXPECT_EQ(rows[1][i], std::nullopt) << kSamples[i].type;
  }
  EXPECT_THAT(session_.tables(), ElementsAre(table)) << "types are told as they were asked for";
}

TEST_F(ExtractSession, NullAndEmptyTextDiffer) {
  const auto table = make_table("t", {{"a", "text"}, {"b", "text"}});
  session_.create_table(table);
  load(session_, table, ",\"\"\n");
  load(session_, table, "NULL,\"NULL\"\n,\"\"\n", {.null_string = "NULL"});
  load(session_, table, "\\N|'a|''b'\n", {.delimiter = '|', .quote = '\'', .null_string = "\\N"});
  load(session_, table, "it's\tx\n", {.delimiter = '\t', .null_string = "it's"});
  EXPECT_THAT(session_.query("SELECT * FROM t"),
              ElementsAre(Row{std::nullopt, ""}, Row{std::nullopt, "NULL"}, Row{"", ""}, Row{std::nullopt, "a|'b"},
                          Row{std::nullopt, "x"}));
}

TEST_F(ExtractSession, NamesOfAllKindsAreKept) {
  const std::vector<std::string> odd{"with space", "qu\"ote", "two\"\"quotes", "it's", "100%", "%s%n", "a;b", "DROP TABLE x; --",
                                     "[b]racket]", "Größe", "世界", "🚢", "select", "UPPER", "upper", "back\\slash", "new\nline",
                                     ".", " ", std::string(300, 'n')};
  table::Table table{.name = {.schema = "s;\"c' %]", .name = "t;\"c' %]"}};
  for (const auto& name : odd) table.columns.push_back({name, {}, name != " "});
  session_.create_table(table);
  EXPECT_EQ(load(session_, table, std::string(odd.size() - 1, ',') + "\n").bad->column_name, " ");
  std::string csv;
  for (size_t i = 0; i < odd.size(); ++i) csv += (i == 0 ? "" : ",") + std::to_string(i);
  EXPECT_EQ(load(session_, table, csv).rows, 1U);
  EXPECT_EQ(session_.row_count(table.name), 1U);
  EXPECT_THAT(session_.tables(), ElementsAre(table));
}

TEST_F(ExtractSession, EachOddNameIsATable) {
  for (const std::string name : {"a;b", "qu\"ote", "it's", "100%", "[b]racket]", "世界 🚢", "new\nline"}) {
    const auto table = make_table(name, {{"a", "int"}});
    session_.create_table(table);
    EXPECT_EQ(load(session_, table, "1\n2\n").rows, 2U) << name;
    EXPECT_EQ(session_.row_count(table.name), 2U) << name;
  }
}

TEST_F(ExtractSession, SeveralTablesAndSchemasInOneFile) {
  auto orders = make_table("orders", {{"id", "bigint"}});
  auto customers = make_table("customers", {{"name", "text"}});
  auto extract = make_table("Extract", {{"a", "int"}});
  extract.name.schema = "Extract";
  orders.columns[0].nullable = false;
  for (const auto& table : {orders, customers, extract}) session_.create_table(table);
  load(session_, orders, "1\n2\n3\n");
  load(session_, extract, "7\n");
  EXPECT_EQ(session_.row_count(orders.name), 3U);
  EXPECT_EQ(session_.row_count(customers.name), 0U);
  session_.detach();

  session_.attach(path());
  EXPECT_THAT(session_.tables(), ElementsAre(extract, customers, orders));
  EXPECT_EQ(session_.row_count(extract.name), 1U);
}

TEST_F(ExtractSession, AnExistingFileIsReplacedAndOddPathsWork) {
  session_.detach();
  for (const std::string name : {"x.hyper", "it's; \"100%\" [ü] 世界.hyper"}) {
    for (int i = 0; i < 2; ++i) {
      session_.create_database(running_.file(name));
      session_.create_table(make_table("t", {{"a", "int"}}));
      session_.detach();
    }
    const auto verdict = validate(find_engine(""), running_.file(name), running_.folder.path(), {});
    EXPECT_TRUE(verdict.valid) << verdict.words;
  }
}

TEST_F(ExtractSession, WrongUseIsTold) {
  const auto bad_sql = error_of([&] { session_.query("SELEC 1"); });
  EXPECT_EQ(bad_sql.kind(), base::ErrorKind::bug);
  EXPECT_THAT(bad_sql.what(), HasSubstr("syntax error"));
  EXPECT_EQ(error_of([&] { session_.query("COPY (SELECT 1) TO STDOUT WITH (FORMAT CSV)"); }).kind(), base::ErrorKind::bug);
  EXPECT_EQ(error_of([&] { session_.query("SELECT 1"); }).kind(), base::ErrorKind::io) << "given up in mid-answer";
  Session fresh = running_.engine.connect({});
  EXPECT_EQ(error_of([&] { fresh.create_database("relative.hyper"); }).kind(), base::ErrorKind::bug);
  EXPECT_THAT(error_of([&] { fresh.create_database(running_.file("absent/x.hyper")); }).what(), HasSubstr("directory does not exist"));
}

TEST_F(ExtractSession, ColumnsThatTheEngineRefusesAreAConfigurationError) {
  const auto twice = error_of([&] { session_.create_table(make_table("t", {{"a", "int"}, {"a", "int"}})); });
  EXPECT_EQ(twice.kind(), base::ErrorKind::config);
  EXPECT_THAT(twice.what(), HasSubstr("column 'a' specified more than once"));
  EXPECT_EQ(error_of([&] { session_.create_table(make_table("t", {{"\xff", "int"}})); }).kind(), base::ErrorKind::config);
  EXPECT_EQ(error_of([&] { session_.create_table(make_table("t", {{std::string("a\0b", 3), "int"}})); }).kind(),
            base::ErrorKind::config);
  session_.create_table(make_table("t", {{"a", "int"}}));
}

TEST_F(ExtractSession, FilesThatAreNoExtractsAreToldApart) {
  session_.create_table(make_table("t", {{"a", "int"}}));
  session_.detach();
  fs::copy_file(path(), running_.file("torn.hyper"));
  fs::resize_file(running_.file("torn.hyper"), fs::file_size(path()) / 2);
  std::ofstream(running_.file("empty.hyper")) << "";
  std::ofstream(running_.file("other.hyper")) << std::string(100'000, 'x');
  EXPECT_EQ(error_of([&] { session_.attach(running_.file("absent.hyper")); }).kind(), base::ErrorKind::not_found);
  for (const auto* name : {"torn.hyper", "empty.hyper", "other.hyper"}) {
    EXPECT_EQ(error_of([&] { session_.attach(running_.file(name)); }).kind(), base::ErrorKind::corrupt) << name;
    const auto verdict = validate(find_engine(""), running_.file(name), running_.folder.path(), {});
    EXPECT_FALSE(verdict.valid) << name;
    EXPECT_THAT(verdict.words, HasSubstr("could not be validated")) << name;
  }
  session_.attach(path());
  EXPECT_EQ(session_.tables().size(), 1U);
}

TEST_F(ExtractSession, DatesThatAreNotYearMonthDayAreRefusedNotMisread) {
  const auto table = make_table("t", {{"a", "date"}});
  session_.create_table(table);
  EXPECT_THAT(load(session_, table, "01/02/2024\n").bad->reason, HasSubstr("invalid timestamp literal '01/02/2024'"));
}

}  // namespace
}  // namespace tabferry::hyper
