// A report's page for the tests that look at it in a browser: an invented backup with every kind of part, its names
// hostile.
//
//   report_page > page.html
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <numeric>

#include "base/text.h"
#include "report/html.h"

namespace tabferry {
namespace {

using report::Status;

struct Project {
  const char* path;
  uint64_t size_bytes;
};

constexpr Project kProjects[] = {{"Finance/Daily reporting", 4'812'000'000},
                                 {"Sales/EMEA/Pipeline", 2'904'000'000},
                                 {"Operations", 2'210'000'000},
                                 {"Marketing/Campaigns/2026", 1'620'000'000},
                                 {"<script>alert('project')</script>", 940'000'000},
                                 {"Sales/APAC", 610'000'000},
                                 {"Human Resources/Confidential/Compensation and benefits", 355'000'000},
                                 {"مبيعات/تقارير", 240'000'000},
                                 {"invoice\xE2\x80\xAEgpj.exe", 120'000'000},
                                 {"Admin Insights", 61'000'000},
                                 {"default", 12'000'000}};

report::Section summary() {
  report::Section section{.facts = {{"Items", "312"},
                                    {"Downloaded", "118"},
                                    {"Taken over", "190"},
                                    {"Failed", "4"},
                                    {"Size", "13.9 GB"},
                                    {"Took", "6 min 12 s"}}};
  section.charts.push_back(
      {"What happened to 312 items",
       report::ChartForm::bars,
       {{"downloaded", 118, "118"}, {"taken over", 190, "190"}, {"failed", 4, "4", Status::failed}}});
  section.charts.push_back(
      {"Size by kind",
       report::ChartForm::bars,
       {{"Workbooks", 8.1e9, "8.1 GB"}, {"Data sources", 5.7e9, "5.7 GB"}, {"Flows", 6e7, "60.0 MB"}}});
  return section;
}

report::Section projects() {
  report::Section section{.heading = "Projects"};
  report::Chart chart{"Size by project", report::ChartForm::areas, {}};
  report::Table table{.header = {"Project", "Items", "Size"}, .right_aligned = {false, true, true}};
  for (const auto& [path, size_bytes] : kProjects) {
    chart.marks.push_back({path, static_cast<double>(size_bytes), base::human_bytes(size_bytes)});
    table.rows.push_back({path, base::human_count(size_bytes / 100'000'000 + 1), base::human_bytes(size_bytes)});
  }
  section.charts.push_back(std::move(chart));
  section.tables.push_back(std::move(table));
  return section;
}

report::Section failures() {
  report::Section section{.heading = "Not saved", .status = Status::failed};
  report::Table table{.header = {"Item", "Project", "Why", "Last good"}};
  table.rows = {
      {"Quarterly forecast", "Finance/Daily reporting", "the site answered 504 (Gateway Timeout) five times in 12 min",
       "2026-11-21 02:00 UTC"},
      {"<img src=x onerror=alert(1)>", "Operations", "403132: the download is cut at byte 81,920 each time", "never"},
      {std::string(180, 'W'), "Sales/APAC", "a name of 180 letters without a gap", "never"}};
  section.tables.push_back(std::move(table));
  section.warnings = {
      "the lifecycle rules of the bucket could not be read (AccessDenied); a rule that expires objects would break "
      "snapshots"};
  section.next_steps = {"Run the backup again: only these items are tried."};
  return section;
}

report::Section items() {
  report::Section section{.heading = "Every item"};
  report::Table table{.header = {"Kind", "Item", "Project", "Status", "Size"},
                      .right_aligned = {false, false, false, false, true},
                      .quiet = true};
  for (uint64_t i = 0; i < 312; ++i)
    table.rows.push_back({i % 3 ? "workbook" : "data source", fmt::format("Dashboard {} of region {}", i, i % 7),
                          kProjects[i * i % std::size(kProjects)].path, i % 5 ? "taken over" : "downloaded",
                          base::human_bytes(i * i * 9'731)});
  section.tables.push_back(std::move(table));
  return section;
}

report::Report page() {
  report::Report report{.command = "backup", .status = Status::partial};
  report.headline =
      "308 of 312 items of site sales are saved; 4 could not be read and are named below\nThe snapshot is complete but "
      "for these 4: everything else can be restored from it.";
  report::Section where{.heading = "Where"};
  where.facts = {{"Snapshot", "s3://acme-backups/tableau/backup_tableau_cloud_sales_20261122_101500/"},
                 {"Site", "https://eu-west-1a.online.tableau.com/#/site/sales"},
                 {"A trap", "javascript:alert('fact')"},
                 {"Signed in as", "backup@acme.example (Site Administrator Explorer)"}};
  report.sections = {summary(), failures(), projects(), items(), where};
  return report;
}

}  // namespace
}  // namespace tabferry

int main() try {
  const auto html = tabferry::report::to_html(tabferry::page());
  return std::fwrite(html.data(), 1, html.size(), stdout) == html.size() ? 0 : 1;
} catch (const std::exception& failure) {
  std::fprintf(stderr, "report_page: %s\n", failure.what());
  return 1;
}
