// From the engine's "record 7, column 3" back to the file.
#include <algorithm>

#include "csv/scanner.h"

namespace tabferry::csv {
namespace {

// At most kShownBytes, cut between characters.
std::string start_of(std::string_view text) {
  size_t end = std::min(text.size(), kShownBytes);
  while (end > 0 && end < text.size() && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return std::string(text.substr(0, end));
}

Place place_of(const Record& record, size_t column, const Format& format, std::string_view name) {
  const size_t columns = format.columns.size();
  if (column == 0 || column > std::min(record.field_count, columns)) {
    const bool file_column = format.file_column && column == columns + 1;
    return {
        .line = record.line, .column = column, .column_name = {}, .value = start_of(file_column ? name : record.bytes)};
  }
  const Field& field = record.fields[column - 1];
  return {.line = record.line_of(field),
          .column = column,
          .column_name = format.columns[column - 1].name,
          .value = start_of(unquoted(field, format.dialect.quote))};
}

}  // namespace

std::optional<Place> find_record(io::ByteSource& file, const Format& format, std::string_view name, uint64_t record,
                                 size_t column) {
  const Origin origin{.name = name, .columns = format.columns};
  Scanner scanner(file, format.dialect, origin, format.columns.size());
  uint64_t left = record + (format.dialect.header ? 1 : 0);
  Record found;
  while (scanner.fill()) {
    while (scanner.next(found)) {
      if (found.blank()) continue;
      if (--left == 0) return place_of(found, column, format, name);
    }
  }
  return std::nullopt;
}

}  // namespace tabferry::csv
