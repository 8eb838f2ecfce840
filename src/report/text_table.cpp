#include "report/text_table.h"

#include <algorithm>
#include <numeric>
#include <utility>

#include "base/text.h"
#include "report/visible.h"

namespace tabferry::report {
namespace {

constexpr size_t kMostPadded = 40;  // one long name must not fill every row with spaces
constexpr size_t kNarrowest = 8;
constexpr size_t kReadable = 12;  // a column of words that is narrower is none
constexpr size_t kMostLines = 12;

using Cells = std::vector<std::string>;

bool is_right(const Table& table, size_t column) {
  return column < table.right_aligned.size() && table.right_aligned[column];
}

std::vector<Cells> printable_rows(const Table& table) {
  std::vector<Cells> rows;
  if (!table.header.empty()) rows.push_back(table.header);
  rows.insert(rows.end(), table.rows.begin(), table.rows.end());
  for (auto& row : rows)
    for (auto& cell : row) cell = printable(cell);
  return rows;
}

// The widest cell of each column, by `width`.
template <class Width>
std::vector<size_t> widest(const std::vector<Cells>& rows, Width width) {
  std::vector<size_t> most;
  for (const auto& row : rows) {
    most.resize(std::max(most.size(), row.size()));
    for (size_t i = 0; i < row.size(); ++i) most[i] = std::max(most[i], width(row[i]));
  }
  return most;
}

size_t longest_word(const std::string& cell) {
  size_t most = 0;
  for (const auto word : base::split(cell, ' ')) most = std::max(most, columns_of(word));
  return most;
}

// The same of a path that may be broken behind its slashes.
size_t longest_name(const std::string& cell) {
  size_t most = 0;
  for (const auto word : base::split(cell, ' ')) {
    const auto names = base::split(word, '/');
    for (size_t i = 0; i < names.size(); ++i)
      most = std::max(most, columns_of(names[i]) + (i + 1 < names.size() ? 1 : 0));
  }
  return most;
}

size_t sum_of(const std::vector<size_t>& widths) { return std::accumulate(widths.begin(), widths.end(), size_t{0}); }

// Every column between its bounds, and those that can shrink as wide as each other; the last value is what they share.
std::pair<std::vector<size_t>, size_t> shared_out(const std::vector<size_t>& least, const std::vector<size_t>& most,
                                                  size_t room) {
  auto widths = most;
  size_t cap = most.empty() ? 0 : *std::max_element(most.begin(), most.end());
  while (cap > kNarrowest && sum_of(widths) > room) {
    --cap;
    for (size_t i = 0; i < widths.size(); ++i) widths[i] = std::clamp(cap, least[i], most[i]);
  }
  return {widths, cap};
}

// Words stay whole (an id can be copied then), or else the names in paths, where that leaves the other columns enough;
// where it leaves them little that is still better than a name in two pieces.
std::vector<size_t> fitting(const Table& table, const std::vector<Cells>& rows, size_t columns) {
  const auto most = widest(rows, columns_of);
  const size_t room = columns - std::min(columns, 2 * most.size());
  const auto whole = [&](std::vector<size_t> least) {
    for (size_t i = 0; i < most.size(); ++i)
      if (is_right(table, i)) least[i] = most[i];
    return least;
  };
  const auto words = whole(widest(rows, longest_word)), names = whole(widest(rows, longest_name));
  for (const size_t least_cap : {kReadable, kNarrowest})
    for (const auto* least : {&words, &names}) {
      const auto [widths, cap] = shared_out(*least, most, room);
      if (cap >= least_cap && sum_of(widths) <= room) return widths;
    }
  auto least = most;
  for (auto& width : least) width = std::min(width, kNarrowest);
  return shared_out(whole(std::move(least)), most, room).first;
}

std::string line_of(const Cells& cells, const std::vector<size_t>& widths, const Table& table) {
  std::string line = " ";
  for (size_t i = 0; i < cells.size(); ++i) line += " " + padded(cells[i], widths[i], is_right(table, i)) + " ";
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string folded_row(const Cells& row, const std::vector<size_t>& widths, const Table& table) {
  std::vector<Cells> lines(1, Cells(row.size()));
  for (size_t i = 0; i < row.size(); ++i) {
    const size_t width = std::max<size_t>(1, widths[i]);
    const auto parts = folded(shortened(row[i], width * kMostLines), width);
    if (lines.size() < parts.size()) lines.resize(parts.size(), Cells(row.size()));
    for (size_t n = 0; n < parts.size(); ++n) lines[n][i] = parts[n];
  }
  std::string text;
  for (const auto& line : lines) text += line_of(line, widths, table);
  return text;
}

// Where a line of `columns` bytes or less ends: behind its last space, else its last slash, else behind what parts an
// id.
size_t end_of_line(std::string_view line) {
  const auto space = line.find_last_of(' ');
  if (space != std::string_view::npos && space > 0) return space + 1;
  const auto slash = line.rfind('/');
  if (slash != std::string_view::npos && slash > 0) return slash + 1;
  const auto part = line.find_last_of("_-.,;");
  return part == std::string_view::npos || part == 0 ? line.size() : part + 1;
}

// The bytes of what fits into `columns`; at least one character's.
size_t bytes_of(std::string_view text, size_t columns) {
  size_t end = 0;
  for (size_t next = 1; next <= text.size(); ++next) {
    const bool is_whole = next == text.size() || (static_cast<unsigned char>(text[next]) & 0xC0U) != 0x80U;
    if (!is_whole) continue;
    if (end > 0 && columns_of(text.substr(0, next)) > columns) break;
    end = next;
  }
  return end;
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) result += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  return visible(result);
}

std::string padded(std::string_view text, size_t to, bool right) {
  const std::string space(to - std::min(to, columns_of(text)), ' ');
  return right ? space + std::string(text) : std::string(text) + space;
}

std::vector<std::string> folded(std::string_view text, size_t columns) {
  std::vector<std::string> lines;
  while (columns_of(text) > columns) {
    const size_t fits = bytes_of(text, columns);
    if (fits == text.size()) break;
    const size_t end = text[fits] == ' ' ? fits : end_of_line(text.substr(0, fits));
    lines.emplace_back(base::trim(text.substr(0, end)));
    text.remove_prefix(end);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  lines.emplace_back(text);
  return lines;
}

std::string text_of(const Table& table, size_t columns) {
  const auto rows = printable_rows(table);
  std::string text = table.caption.empty() ? "" : "  " + printable(table.caption) + "\n";
  const auto widths =
      columns == 0 ? widest(rows, [](const std::string& cell) { return std::min(columns_of(cell), kMostPadded); })
                   : fitting(table, rows, columns);
  for (const auto& row : rows) text += columns == 0 ? line_of(row, widths, table) : folded_row(row, widths, table);
  return text;
}

}  // namespace tabferry::report
