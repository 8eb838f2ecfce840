#include "backup/index_csv.h"

#include <fmt/format.h>

#include <initializer_list>

#include "backup/changes.h"

namespace tabferry::backup {
namespace {

constexpr std::string_view kMark = "\xEF\xBB\xBF";

void write_row(io::ByteSink& sink, std::initializer_list<std::string_view> cells) {
  std::string row;
  for (const auto cell : cells) {
    if (!row.empty()) row += ',';
    row += csv_cell(cell);
  }
  row += "\r\n";
  sink.write(row);
}

std::string_view name_in(std::string_view key) {
  const auto slash = key.rfind('/');
  return slash == std::string_view::npos ? key : key.substr(slash + 1);
}

}  // namespace

std::string csv_cell(std::string_view text) {
  std::string cell;
  if (!text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos) cell = "'";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

void write_index_csv(const Manifest& manifest, io::ByteSink& sink) {
  sink.write(kMark);
  write_row(sink,
            {"kind", "project", "name", "luid", "key", "size_bytes", "sha256", "status", "updated_at", "natural_key"});
  for (const auto& entry : manifest.entries)
    write_row(sink, {entry.kind, project_of(entry), entry.name, entry.luid, entry.key,
                     entry.key.empty() ? "" : fmt::to_string(entry.size_bytes), entry.sha256, name_of(entry.outcome),
                     entry.updated_at, entry.natural_key});
  for (const auto& file : manifest.files)
    write_row(sink, {"metadata", "", name_in(file.key), "", file.key, fmt::to_string(file.size_bytes), file.sha256,
                     "done", manifest.head.as_of, ""});
}

}  // namespace tabferry::backup
