#include "sim/content/data_actions.h"

#include <gtest/gtest.h>

#include "base/tempdir.h"
#include "hyper/engine.h"
#include "io/file.h"
#include "package/package.h"
#include "sim/content/data_update.h"
#include "sim/content/extract_edit.h"
#include "sim/content/repack.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

namespace fs = std::filesystem;

std::vector<DataAction> read(const std::string& action, bool has_payload = true) {
  return read_data_actions("{\"actions\": [" + action + "]}", has_payload);
}

TEST(DataActions, ReadsConditionsWithConstantsAsSql) {
  const auto actions = read(R"({"action": "DELETE", "target-table": "t", "condition": {"op": "and", "args": [
      {"op": "eq", "target-col": "a", "const": {"type": "string", "v": "it's"}},
      {"op": "lt", "target-col": "b", "const": {"type": "datetime", "v": "2018-02-01T00:00:00Z"}},
      {"op": "is", "target-col": "c", "const": {"type": "boolean", "v": null}}]}})",
                            false);
  ASSERT_EQ(actions.size(), 1u);
  EXPECT_EQ(actions[0].action, "delete");
  EXPECT_FALSE(actions[0].source.has_value());
  const auto& args = actions[0].condition->args;
  EXPECT_EQ(args[0].constant, "'it''s'");
  EXPECT_EQ(args[1].constant, "CAST('2018-02-01T00:00:00' AS timestamp)");
  EXPECT_EQ(args[2].constant, "NULL");
}

TEST(DataActions, RefusesWhatItsActionNeeds) {
  const std::string key = R"("condition": {"op": "eq", "source-col": "a", "target-col": "a"})";
  for (const std::string& action :
       {std::string("1"), std::string("{}"), std::string(R"({"action": "update", "source-table": "s"})"),
        R"({"action": "insert", "source-table": "s", )" + key + "}", R"({"action": "delete", )" + key + "}",
        std::string(R"({"action": "replace"})"), std::string(R"({"action": "insert", "source-table": 1})"),
        std::string(R"({"action": "delete", "condition": {"op": "and", "args": []}})"),
        std::string(
            R"({"action": "delete", "condition": {"op": "eq", "target-col": "a",
                                    "const": {"type": "integer", "v": 1.5}}})")})
    EXPECT_THROW(read(action), Refusal) << action;
  EXPECT_THROW(read(R"({"action": "insert", "source-table": "s"})", false), Refusal);
}

// With the real engine.
class Appending : public ::testing::Test {
 protected:
  void SetUp() override { require_engine(); }

  // A new extract whose tables are made by these statements.
  fs::path extract(const std::string& name, const std::vector<std::string>& statements) {
    const hyper::Engine engine =
        hyper::Engine::start({.program = hyper::find_engine(""), .folder = folder_.path()}, {});
    hyper::Session session = engine.connect({});
    session.create_database((folder_.path() / name).string());
    for (const auto& statement : statements) session.query(statement);
    session.detach();
    return folder_.path() / name;
  }

  std::vector<std::string> rows_of(const fs::path& package) {
    std::vector<std::string> rows;
    const base::TempDir own(folder_.path());
    edited({.file = package, .payload = {}, .folder = own.path(), .work = [&](hyper::Session& session) {
              for (const auto& row : session.query("SELECT a, b FROM x.\"Extract\".\"Extract\" ORDER BY a"))
                rows.push_back(row[0].value_or("") + row[1].value_or(""));
            }});
    return rows;
  }

  base::TempDir folder_{base::default_temp_parent()};
  const std::vector<std::string> table_ = {"CREATE SCHEMA x.\"Extract\"",
                                           "CREATE TABLE x.\"Extract\".\"Extract\" (a int, b text)"};
};

TEST_F(Appending, PutsTheRowsBehindThoseThatAreThere) {
  auto first = table_, second = table_;
  first.push_back("INSERT INTO x.\"Extract\".\"Extract\" VALUES (1, 'x')");
  second.push_back("INSERT INTO x.\"Extract\".\"Extract\" VALUES (2, 'y'), (3, NULL)");
  const fs::path package = folder_.path() / "first.tdsx";
  write_packaged_extract(extract("first.hyper", first), "First", package);
  const base::TempDir work(folder_.path());
  EXPECT_EQ(rows_of(appended(package, extract("second.hyper", second), work.path())),
            (std::vector<std::string>{"1x", "2y", "3"}));
  EXPECT_EQ(rows_of(package), std::vector<std::string>{"1x"});
}

TEST_F(Appending, RefusesOtherColumnsAndSeveralTables) {
  const fs::path package = folder_.path() / "first.tdsx";
  write_packaged_extract(extract("first.hyper", table_), "First", package);
  auto several = table_;
  several.push_back("CREATE TABLE x.\"Extract\".\"Other\" (a int)");
  const auto other = std::vector<std::string>{table_[0], "CREATE TABLE x.\"Extract\".\"Extract\" (a int, c text)"};
  for (const auto& statements : {several, other}) {
    const base::TempDir work(folder_.path());
    EXPECT_THROW(appended(package, extract("other.hyper", statements), work.path()), Refusal);
  }
}

}  // namespace
}  // namespace tabferry::sim
