#include "csv/record_check.h"

#include <algorithm>

#include "base/text.h"
#include "csv/chars.h"

namespace tabferry::csv {
namespace {

// The delimiter that the record seems to have instead: it is one field, and this cuts it into as many as there are
// columns.
char likely_delimiter(const Record& record, size_t columns, char delimiter) {
  if (record.field_count != 1 || columns < 2) return '\0';
  for (const char c : {';', '\t', '|', ','})
    if (c != delimiter &&
        std::count(record.bytes.begin(), record.bytes.end(), c) == static_cast<ptrdiff_t>(columns - 1))
      return c;
  return '\0';
}

std::string count_cure(const Record& record, size_t columns, const Dialect& dialect) {
  if (const char c = likely_delimiter(record, columns, dialect.delimiter))
    return fmt::format("the delimiter seems to be another: set csv: {{delimiter: \"{}\"}}",
                       c == '\t' ? "\\t" : std::string(1, c));
  if (record.field_count > columns)
    return fmt::format("a field that holds {} must be in quotes", base::quoted({&dialect.delimiter, 1}));
  return "add the missing fields, empty for NULL; a field that holds a line end must be in quotes";
}

}  // namespace

RecordCheck::RecordCheck(const Format& format, const Origin& origin) : format_(format), origin_(origin) {
  for (size_t i = 0; i < format.columns.size(); ++i)
    if (const auto check = check_for(format.columns[i].type)) cells_.push_back({.index = i, .check = check});
}

bool RecordCheck::is_null(const Field& field) const {
  return !field.quoted && field.bytes() == format_.dialect.null_string;
}

void RecordCheck::check(const Record& record) const {
  check_count(record);
  for (const auto& cell : cells_) {
    const Field& field = record.fields[cell.index];
    if (!cell.check(field.bytes()) && !is_null(field)) fail_value(record, cell.index);
  }
}

void RecordCheck::check_count(const Record& record) const {
  if (record.field_count != format_.columns.size()) fail_count(record);
}

bool RecordCheck::looks_like_data(const Record& record) const {
  return std::any_of(cells_.begin(), cells_.end(),
                     [&](const Cell& cell) { return cell.check(record.fields[cell.index].bytes()); });
}

void RecordCheck::fail_value(const Record& record, size_t index) const {
  const Field& field = record.fields[index];
  const std::string text = unquoted(field, format_.dialect.quote);
  fail_field(origin_, record.line_of(field), index + 1,
             fmt::format("{} {}", base::quoted(text),
                         complaint(format_.columns[index].type, text, format_.dialect.null_string)));
}

void RecordCheck::fail_count(const Record& record) const {
  const size_t columns = format_.columns.size();
  fail_line(origin_, record.line,
            fmt::format("{} instead of {}, in the record {}: {}", base::counted(record.field_count, "field"), columns,
                        base::quoted(record.bytes), count_cure(record, columns, format_.dialect)));
}

}  // namespace tabferry::csv
