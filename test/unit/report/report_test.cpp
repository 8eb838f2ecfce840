#include "report/report.h"

#include <gtest/gtest.h>

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

TEST(Report, IsOneJsonObject) {
  EXPECT_EQ(doc::to_line(to_json(sample())), R"({"command":"publish","status":"partial","headline":"half of it is done","rows":7})");
}

}  // namespace
}  // namespace tabferry::report
