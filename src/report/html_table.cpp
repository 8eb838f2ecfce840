#include "report/html_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "base/text.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

using doc::XmlWriter;
using Row = std::vector<std::string>;

constexpr size_t kFoldedBeyond = 50, kShown = 20;

bool is_number(const Table& table, size_t column) {
  return column < table.right_aligned.size() && table.right_aligned[column];
}

std::string label_of(const Table& table, size_t column) {
  return column < table.header.size() ? visible(table.header[column]) : "";
}

size_t columns_of(const Table& table) {
  size_t columns = table.header.size();
  for (const auto& row : table.rows) columns = std::max(columns, row.size());
  return columns;
}

// In percent of the table, from the longest text of each column; very long ones wrap, numbers do not.
std::vector<int> widths_of(const Table& table) {
  constexpr size_t kLeast = 6, kMost = 44, kGap = 6;
  std::vector<size_t> longest(columns_of(table), kLeast);
  const auto measure = [&](const Row& row) {
    for (size_t i = 0; i < row.size(); ++i) longest[i] = std::max(longest[i], std::min(kMost, length_of(row[i])));
  };
  measure(table.header);
  std::for_each(table.rows.begin(), table.rows.end(), measure);
  size_t sum = 0;
  for (size_t i = 0; i < longest.size(); ++i) sum += longest[i] = longest[i] * (is_number(table, i) ? 2 : 1) + kGap;
  std::vector<int> widths;
  for (const auto length : longest) widths.push_back(std::max(1, static_cast<int>(100 * length / sum)));
  return widths;
}

void write_head(XmlWriter& page, const Table& table) {
  if (table.header.empty()) return;
  page.open("thead").open("tr");
  for (size_t i = 0; i < table.header.size(); ++i) {
    page.open("th").attribute("scope", "col");
    if (is_number(table, i)) page.attribute("class", "number");
    page.text(label_of(table, i)).close();
  }
  page.close().close();
}

void write_row(XmlWriter& page, const Table& table, const Row& row, bool stacks) {
  page.open("tr");
  for (size_t i = 0; i < row.size(); ++i) {
    page.open("td");
    if (is_number(table, i)) page.attribute("class", "number");
    if (stacks) page.attribute("data-label", label_of(table, i));
    page.text(visible(row[i])).close();
  }
  page.close().text("\n");
}

// Whether it stands as one block a row on a narrow screen, each cell behind its label: beside each other only two
// columns have room, or one of text with two of numbers.
bool is_stacked(const Table& table) {
  const size_t columns = columns_of(table);
  size_t texts = 0;
  for (size_t i = 0; i < columns; ++i) texts += is_number(table, i) ? 0U : 1U;
  return !table.header.empty() && (columns > 3 || (columns == 3 && texts > 1));
}

void write_rows(XmlWriter& page, const Table& table, std::span<const Row> rows, const std::vector<int>& widths) {
  const bool stacks = is_stacked(table);
  page.open("table").attribute("class", stacks ? "fixed stack" : "fixed");
  page.open("colgroup");
  for (const int width : widths) page.open("col").attribute("class", fmt::format("w{}", width)).close();
  page.close();
  write_head(page, table);
  page.open("tbody").text("\n");
  for (const auto& row : rows) write_row(page, table, row, stacks);
  page.close().close();
}

}  // namespace

void write_table(XmlWriter& page, const Table& table) {
  if (table.rows.empty()) return;
  const std::span<const Row> rows(table.rows);
  page.open("div").attribute("class", "table");
  if (!table.caption.empty()) page.open("p").attribute("class", "caption").text(visible(table.caption)).close();
  const auto widths = widths_of(table);
  if (rows.size() <= kFoldedBeyond) {
    write_rows(page, table, rows, widths);
  } else {
    write_rows(page, table, rows.first(kShown), widths);
    page.open("details")
        .open("summary")
        .text(fmt::format("Show {} more rows", base::human_count(rows.size() - kShown)))
        .close();
    write_rows(page, table, rows.subspan(kShown), widths);
    page.close();
  }
  page.close();
}

}  // namespace tabferry::report
