#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/text.h"
#include "report/text_table.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

// The columns of a label beside its bar: all that it needs, or what the bar leaves of `columns`.
size_t label_columns(size_t label, size_t value, size_t bar, size_t columns) {
  constexpr size_t kLeast = 12, kBetween = 8;  // two of them for wide letters
  const size_t taken = value + bar + kBetween;
  return columns == 0 ? label : std::min(label, std::max(kLeast, columns - std::min(columns, taken)));
}

std::string text_of(const Chart& chart, size_t columns) {
  constexpr double kLongest = 32;
  constexpr size_t kAreas = 10;
  const bool cut = chart.form == ChartForm::areas && chart.marks.size() > kAreas;
  const std::span marks(chart.marks.data(), cut ? kAreas : chart.marks.size());
  size_t label = 0, value = 0;
  for (const auto& mark : marks) {
    label = std::max(label, columns_of(printable(mark.label)));
    value = std::max(value, columns_of(printable(mark.value_text)));
  }
  label = label_columns(label, value, static_cast<size_t>(kLongest), columns);
  const double largest = largest_of(chart);
  std::string text = "  " + printable(chart.title) + "\n";
  for (const auto& mark : marks) {
    const double share = largest > 0 ? amount_of(mark) / largest : 0;
    const std::string bar(static_cast<size_t>(std::ceil(share * kLongest)), '#');
    const auto line = "  " + padded(columns == 0 ? printable(mark.label) : shortened(printable(mark.label), label), label, false) + "  " +
                      padded(printable(mark.value_text), value, true) + "  " + bar;
    text += line.substr(0, line.find_last_not_of(' ') + 1) + "\n";
  }
  return cut ? text + fmt::format("  ... and {} more\n", chart.marks.size() - kAreas) : text;
}

// A section that holds quiet tables alone has nothing to say here.
bool speaks(const Section& section) {
  return section.tables.empty() || !section.facts.empty() || !section.warnings.empty() || !section.next_steps.empty() ||
         !section.charts.empty() ||
         std::any_of(section.tables.begin(), section.tables.end(), [](const Table& table) { return !table.quiet; });
}

std::string text_of(const Section& section, size_t columns) {
  if (!speaks(section)) return "";
  std::string text = section.heading.empty() ? "" : "\n" + printable(section.heading) + "\n";
  Table facts;
  for (const auto& [name, value] : section.facts) facts.rows.push_back({name, value});
  text += text_of(facts, columns);
  for (const auto& chart : section.charts) text += text_of(chart, columns);
  for (const auto& table : section.tables)
    if (!table.quiet) text += text_of(table, columns);
  for (const auto& warning : section.warnings) text += "  warning: " + printable(warning) + "\n";
  for (const auto& step : section.next_steps) text += "  " + printable(step) + "\n";
  return text;
}

}  // namespace

std::string_view name_of(Status status) {
  switch (status) {
    case Status::done: return "done";
    case Status::partial: return "partial";
    case Status::failed: return "failed";
    case Status::cancelled: return "cancelled";
    case Status::continues: return "continues";
  }
  return "failed";
}

double amount_of(const Mark& mark) { return std::isfinite(mark.value) && mark.value > 0 ? mark.value : 0; }

double largest_of(const Chart& chart) {
  double largest = 0;
  for (const auto& mark : chart.marks) largest = std::max(largest, amount_of(mark));
  return largest;
}

std::string to_text(const Report& report, size_t columns) {
  std::string text;
  for (const auto line : base::split(report.headline, '\n')) text += printable(line) + "\n";
  for (const auto& section : report.sections) text += text_of(section, columns);
  return text;
}

doc::Json to_json(const Report& report) {
  doc::Json json = {{"command", report.command}, {"status", name_of(report.status)}, {"headline", report.headline}};
  json.update(report.details);
  return json;
}

}  // namespace tabferry::report
