#include "report/report.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "base/text.h"
#include "report/text_table.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

Report sample() {
  Report report{.command = "publish", .status = Status::partial, .headline = "half of it is done"};
  Section section{.heading = "Tables", .facts = {{"took", "3 s"}, {"project", "Finance/Daily"}}, .warnings = {"x is empty"}, .next_steps = {"1. look"}};
  section.tables.push_back({.header = {"table", "rows"}, .rows = {{"größe", "7"}, {"a\x1b[31m", "12,345"}}, .right_aligned = {false, true}});
  report.sections.push_back(section);
  report.details = {{"rows", 7}};
  return report;
}

TEST(Report, ReadsWellAsText) {
  EXPECT_EQ(to_text(sample()),
            "half of it is done\n\nTables\n"
            "  took     3 s\n  project  Finance/Daily\n"
            "  table     rows\n  größe        7\n  a [31m  12,345\n"
            "  warning: x is empty\n  1. look\n");
}

TEST(Report, ShowsChartsAsBarsAndLeavesQuietTablesToThePage) {
  Report report{.command = "backup", .headline = "done"};
  Section section{.heading = "Sizes"};
  section.charts = {{"by project", ChartForm::areas, {{"Finance", 4e9, "4.0 GB"}, {"Größe", 1e9, "1.0 GB"}, {"x\x9b", 1, "1 B"}, {"none", 0, "0 B"}}}};
  section.tables = {{.caption = "all", .rows = {{"shown"}}}, {.rows = {{"hidden"}}, .quiet = true}};
  report.sections = {section, {.heading = "Every item", .tables = {{.rows = {{"hidden"}}, .quiet = true}}}};
  EXPECT_EQ(to_text(report),
            "done\n\nSizes\n  by project\n"
            "  Finance  4.0 GB  ################################\n"
            "  Größe    1.0 GB  ########\n"
            "  x\\x9b       1 B  #\n"
            "  none        0 B\n"
            "  all\n  shown\n");
}

TEST(Report, FitsItsTablesIntoTheTerminal) {
  Report report{.command = "ls", .headline = "h"};
  Table table{.header = {"kind", "name", "size", "why"}, .right_aligned = {false, false, true}};
  table.rows = {{"workbook", "backup_sales_20261122", "1,234.5 MB", "it is there, with its size, and all that belongs to it"},
                {"flow", std::string(10'000, 'n'), "1 B", "größer"}};
  report.sections = {{.facts = {{"Meaning", "not given out by the site; nothing of it went wrong"}}, .tables = {table}}};
  for (const size_t columns : {48U, 60U, 80U, 200U}) {
    const auto text = to_text(report, columns);
    for (const auto line : base::split(text, '\n')) EXPECT_LE(length_of(line), columns) << line;
    EXPECT_NE(text.find("1,234.5 MB"), std::string::npos) << text;
    EXPECT_LT(std::count(text.begin(), text.end(), '\n'), 40) << "of a very long name the middle is left out";
  }
  EXPECT_NE(to_text(report, 80).find("backup_sales_20261122 "), std::string::npos) << "an id stays whole";
  const auto log = to_text(report);
  EXPECT_NE(log.find(std::string(10'000, 'n')), std::string::npos) << "a log has all of it";
  EXPECT_LT(log.size(), 10'600U) << "the other rows are not as wide";
}

TEST(Report, KeepsNamesWholeWhereAColumnBesideThemFolds) {
  const auto text_at = [](size_t columns, Table table) {
    return to_text({.command = "x", .headline = "h", .sections = {{.tables = {std::move(table)}}}}, columns);
  };
  const std::string snapshot = "backup_tableau_cloud_demo_20261122_200601";
  const auto verdict = text_at(80, {.header = {"snapshot", "objects", "bytes", "verdict"},
                                    .rows = {{snapshot, "1,234", "151.0 MB", "stays: the newest complete one, daily"}},
                                    .right_aligned = {false, true, true}});
  EXPECT_NE(verdict.find(snapshot + " "), std::string::npos) << verdict;
  const auto little = text_at(60, {.rows = {{snapshot, "one two three four five"}}});
  EXPECT_NE(little.find(snapshot + "  one two"), std::string::npos) << "eight columns beside it are enough: " << little;
  const auto path = text_at(
      48, {.rows = {{"file", "Finance and more", "metadata_tableau/permissions/workbooks.json", "1.0 MB"}}});
  for (const auto* name : {"metadata_tableau/", "permissions/", "workbooks.json"})
    EXPECT_NE(path.find(name), std::string::npos) << path;
}

TEST(Report, IntoAPipeALongCellPushesItsOwnRowAlone) {
  const std::string name(60, 'n');
  const auto text = to_text({.command = "ls",
                             .headline = "h",
                             .sections = {{.tables = {{.header = {"name", "size"}, .rows = {{name, "1 B"}, {"a", "2 B"}}}}}}});
  EXPECT_EQ(text, "h\n  name" + std::string(36, ' ') + "  size\n  " + name + "  1 B\n  a" + std::string(39, ' ') + "  2 B\n");
}

TEST(Folded, BreaksAtSpacesThenBehindSeparators) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(folded("one two three", 7), (Lines{"one two", "three"}));
  EXPECT_EQ(folded("Finance/Daily/Sales", 10), (Lines{"Finance/", "Daily/", "Sales"}));
  EXPECT_EQ(folded("Finance/a_b.json", 11), (Lines{"Finance/", "a_b.json"}));
  EXPECT_EQ(folded("größergrößer", 6), (Lines{"größer", "größer"}));
  EXPECT_EQ(folded("", 5), (Lines{""}));
  EXPECT_EQ(folded("売上売上売上", 5), (Lines{"売上", "売上", "売上"})) << "wide ones take two columns";
}

TEST(Report, CutsTheLabelsOfBars) {
  Report report{.command = "backup", .headline = "h"};
  report.sections = {{.charts = {{"by project", ChartForm::areas, {{std::string(70, 'p'), 2, "2 B"}, {"q", 1, "1 B"}}}}}};
  const auto text = to_text(report, 80);
  for (const auto line : base::split(text, '\n')) EXPECT_LE(length_of(line), 80U) << line;
  EXPECT_NE(to_text(report).find(std::string(70, 'p')), std::string::npos);
}

TEST(Report, ShowsTheFirstTenAreas) {
  Chart chart{"by project", ChartForm::areas, std::vector<Mark>(12, Mark{"a", 1, "1 B"})};
  Report report{.command = "backup", .headline = "done", .sections = {{.charts = {chart}}}};
  const auto text = to_text(report);
  EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), 1 + 1 + 10 + 1);
  EXPECT_TRUE(text.ends_with("  ... and 2 more\n"));
}

TEST(Report, IsOneJsonObject) {
  EXPECT_EQ(doc::to_line(to_json(sample())), R"({"command":"publish","status":"partial","headline":"half of it is done","rows":7})");
}

}  // namespace
}  // namespace tabferry::report
