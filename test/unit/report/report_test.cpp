#include "report/report.h"

#include <gtest/gtest.h>

#include <algorithm>

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
