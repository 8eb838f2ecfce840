#include "hyper/refusal.h"

#include <charconv>
#include <filesystem>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::hyper {
namespace {

constexpr std::string_view kUtf8 = "invalid UTF-8 sequence";
constexpr std::string_view kNotNull = "violates the NOT NULL constraint of column ";

bool is_of_class(const Refusal& refusal, std::string_view two_letters) { return refusal.code.starts_with(two_letters); }

// The number behind the last `mark`: number_behind("... line:3 column:1", "line:") is 3; 0 where there is none.
uint64_t number_behind(std::string_view text, std::string_view mark) {
  const auto at = text.rfind(mark);
  if (at == std::string_view::npos) return 0;
  const auto rest = base::trim(text.substr(at + mark.size()));
  uint64_t number = 0;
  std::from_chars(rest.data(), rest.data() + rest.size(), number);
  return number;
}

// The first line of DETAIL: "file: 'stdin' line:3 column:1", "file:'stdin' line:2", "column name: a".
void read_detail(std::string_view detail, BadRecord& bad) {
  constexpr std::string_view kColumnName = "column name: ";
  if (detail.starts_with(kColumnName)) {
    bad.column_name = detail.substr(kColumnName.size());
    return;
  }
  if (!detail.starts_with("file:")) return;
  bad.record = number_behind(detail, " line:");
  bad.column = static_cast<size_t>(number_behind(detail, " column:"));
}

// `... of column "a" (line: 2, column 1)`: lines from 1, columns from 0. The name is not escaped, so it is read from the end.
void read_not_null(std::string_view message, BadRecord& bad) {
  const auto place = message.rfind(" (line: ");
  if (place == std::string_view::npos) return;
  bad.record = number_behind(message.substr(place), "(line:");
  bad.column = static_cast<size_t>(number_behind(message.substr(place), ", column")) + 1;
  bad.reason = message.substr(0, place);
}

// "invalid UTF-8 sequence in line 2"
void read_utf8(std::string_view message, BadRecord& bad) {
  bad.record = number_behind(message, " in line ");
  if (bad.record != 0) bad.reason = kUtf8;
}

void complete_column(const std::vector<table::Column>& columns, BadRecord& bad) {
  if (bad.column == 0 && !bad.column_name.empty())
    for (size_t i = 0; i < columns.size() && bad.column == 0; ++i)
      if (columns[i].name == bad.column_name) bad.column = i + 1;
  if (bad.column >= 1 && bad.column <= columns.size() && bad.column_name.empty())
    bad.column_name = columns[bad.column - 1].name;
}

std::string disk_cure(const std::string& database) {
  if (database.empty()) return "the disk is full: free some space";
  const auto folder = std::filesystem::path(database).parent_path();
  std::error_code error;
  const auto space = std::filesystem::space(folder, error);
  return fmt::format("the disk of {} is full ({} free once the engine has given up): free some space, or set TMPDIR to a larger disk",
                     folder.string(), error ? "an unknown amount" : base::human_bytes(space.available));
}

bool says(const Refusal& refusal, std::string_view words) { return refusal.message.find(words) != std::string::npos; }

}  // namespace

bool blames_data(const Refusal& refusal) { return is_of_class(refusal, "22") || is_of_class(refusal, "23"); }

bool blames_statement(const Refusal& refusal) {
  for (const std::string_view two_letters : {"0A", "25", "26", "3D", "3F", "42"})
    if (is_of_class(refusal, two_letters)) return true;
  return false;
}

BadRecord read_bad_record(const Refusal& refusal, const std::vector<table::Column>& columns) {
  BadRecord bad{.reason = refusal.message};
  read_detail(refusal.detail, bad);
  if (says(refusal, kNotNull)) read_not_null(refusal.message, bad);
  if (refusal.message.starts_with(kUtf8)) read_utf8(refusal.message, bad);
  complete_column(columns, bad);
  return bad;
}

std::string explain(const Refusal& refusal, const std::string& database) {
  const auto first_line = base::split(refusal.detail, '\n').front();
  std::string words = refusal.message;
  if (!base::trim(first_line).empty()) words += fmt::format(" ({})", base::trim(first_line));
  if (says(refusal, "growing the database file failed") || says(refusal, "No space left"))
    return words + ": " + disk_cure(database);
  if (says(refusal, "allocate") && says(refusal, "memory"))
    return words + ": memory ran out. Give the machine or the container more, or run fewer at once";
  return words;
}

}  // namespace tabferry::hyper
