#include "report/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <span>

#include "base/text.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

// Control characters in foreign names must not reach a terminal.
std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return visible(result);
}

std::string padded(std::string_view text, size_t to, bool right) {
  const std::string space(to - std::min(to, length_of(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::string line_of(const std::vector<std::string>& cells, const std::vector<size_t>& widths, const Table& table) {
  std::string line = " ";
  for (size_t i = 0; i < cells.size(); ++i) {
    const bool right = i < table.right_aligned.size() && table.right_aligned[i];
    line += " " + padded(printable(cells[i]), widths[i], right) + " ";
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string text_of(const Table& table) {
  std::vector<size_t> widths;
  for (const auto& cell : table.header) widths.push_back(length_of(cell));
  for (const auto& row : table.rows) widths.resize(std::max(widths.size(), row.size()));
  for (const auto& row : table.rows)
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], length_of(printable(row[i])));
  std::string text = table.caption.empty() ? "" : "  " + printable(table.caption) + "\n";
  if (!table.header.empty()) text += line_of(table.header, widths, table);
  for (const auto& row : table.rows) text += line_of(row, widths, table);
  return text;
}

std::string text_of(const Chart& chart) {
  constexpr double kLongest = 32;
  constexpr size_t kAreas = 10;
  const bool cut = chart.form == ChartForm::areas && chart.marks.size() > kAreas;
  const std::span marks(chart.marks.data(), cut ? kAreas : chart.marks.size());
  size_t label = 0, value = 0;
  for (const auto& mark : marks) {
    label = std::max(label, length_of(printable(mark.label)));
    value = std::max(value, length_of(printable(mark.value_text)));
  }
  const double largest = largest_of(chart);
  std::string text = "  " + printable(chart.title) + "\n";
  for (const auto& mark : marks) {
    const double share = largest > 0 ? amount_of(mark) / largest : 0;
    const std::string bar(static_cast<size_t>(std::ceil(share * kLongest)), '#');
    const auto line = "  " + padded(printable(mark.label), label, false) + "  " +
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

std::string text_of(const Section& section) {
  if (!speaks(section)) return "";
  std::string text = section.heading.empty() ? "" : "\n" + printable(section.heading) + "\n";
  size_t widest = 0;
  for (const auto& [name, value] : section.facts) widest = std::max(widest, length_of(name));
  for (const auto& [name, value] : section.facts) text += "  " + padded(name, widest, false) + "  " + printable(value) + "\n";
  for (const auto& chart : section.charts) text += text_of(chart);
  for (const auto& table : section.tables)
    if (!table.quiet) text += text_of(table);
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
  }
  return "failed";
}

double amount_of(const Mark& mark) { return std::isfinite(mark.value) && mark.value > 0 ? mark.value : 0; }

double largest_of(const Chart& chart) {
  double largest = 0;
  for (const auto& mark : chart.marks) largest = std::max(largest, amount_of(mark));
  return largest;
}

std::string to_text(const Report& report) {
  std::string text;
  for (const auto line : base::split(report.headline, '\n')) text += printable(line) + "\n";
  for (const auto& section : report.sections) text += text_of(section);
  return text;
}

doc::Json to_json(const Report& report) {
  doc::Json json = {{"command", report.command}, {"status", name_of(report.status)}, {"headline", report.headline}};
  json.update(report.details);
  return json;
}

}  // namespace tabferry::report
