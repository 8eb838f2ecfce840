// What the checks found, for people and for scripts.
#include <algorithm>
#include <cmath>

#include "app/doctor_checks.h"
#include "base/text.h"
#include "report/visible.h"

using Status = tabferry::app::Finding::Status;

namespace tabferry::app {
namespace {

constexpr double kWorthSaying = 0.0005;  // seconds

void pad(std::string& text, size_t columns) { text.append(columns - std::min(columns, report::length_of(text)), ' '); }

void add_rows(report::Table& table, const Check& check) {
  std::vector<std::string> first{std::string(name_of(check.finding.status)), check.name,
                                 check.seconds < kWorthSaying ? "" : base::human_seconds(check.seconds)};
  for (const auto line : base::split(check.finding.seen, '\n')) {
    first.emplace_back(line);
    table.rows.push_back(std::exchange(first, {"", "", ""}));
  }
  if (check.finding.cure.empty()) return;
  std::string mark = "-> ";
  for (const auto line : base::split(check.finding.cure, '\n'))
    table.rows.push_back({"", "", "", std::exchange(mark, "   ") + std::string(line)});
}

size_t widest(const std::vector<Check>& checks, const std::function<size_t(const Check&)>& width) {
  size_t most = 0;
  for (const auto& check : checks) most = std::max(most, width(check));
  return most;
}

// One table an area, all as wide as the widest, so that the columns stand below each other.
std::vector<report::Section> sections_of(const std::vector<Check>& checks) {
  const size_t name_width = widest(checks, [](const Check& check) { return report::length_of(check.name); });
  std::vector<report::Section> sections;
  for (const auto& check : checks) {
    if (sections.empty() || sections.back().heading != check.area) {
      sections.push_back({.heading = check.area});
      sections.back().tables.push_back({.header = {}, .right_aligned = {false, false, true}});
    }
    add_rows(sections.back().tables.back(), check);
  }
  for (auto& section : sections) {
    auto& row = section.tables.back().rows.front();
    pad(row[0], std::string_view("problem").size());
    pad(row[1], name_width);
    row[2].insert(0, std::string(std::max<size_t>(row[2].size(), 6) - row[2].size(), ' '));
  }
  return sections;
}

doc::Json json_of(const Check& check) {
  return {
      {"area", check.area},         {"name", check.name},         {"status", name_of(check.finding.status)},
      {"seen", check.finding.seen}, {"cure", check.finding.cure}, {"seconds", std::round(check.seconds * 1000) / 1000}};
}

}  // namespace

report::Report report_of(const std::vector<Check>& checks) {
  const auto count = [&](Status status) {
    return static_cast<uint64_t>(std::count_if(checks.begin(), checks.end(),
                                               [&](const Check& check) { return check.finding.status == status; }));
  };
  const uint64_t problems = count(Status::problem), warnings = count(Status::warning), skipped = count(Status::skipped);
  report::Report report{.command = "doctor", .status = problems > 0 ? report::Status::failed : report::Status::done};
  report.headline = fmt::format("{}: {}, {}", base::counted(checks.size() - skipped, "check"),
                                problems == 0 ? "no problem" : base::counted(problems, "problem"),
                                warnings == 0 ? "no warning" : base::counted(warnings, "warning"));
  if (skipped > 0) report.headline += fmt::format(" ({} skipped)", skipped);
  report.sections = sections_of(checks);
  report.counts = {.items = checks.size() - skipped, .failed = problems};
  report.details["problems"] = problems;
  report.details["warnings"] = warnings;
  report.details["checks"] = doc::Json::array();
  for (const auto& check : checks) report.details["checks"].push_back(json_of(check));
  return report;
}

}  // namespace tabferry::app
