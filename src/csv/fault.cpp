#include "csv/fault.h"

#include <string>

namespace tabferry::csv {

void fail_file(const Origin& origin, std::string_view what) { base::fail(origin.kind, "{}: {}", origin.name, what); }

void fail_line(const Origin& origin, uint64_t line, std::string_view what) {
  base::fail(origin.kind, "{}: line {}: {}", origin.name, line, what);
}

void fail_field(const Origin& origin, uint64_t line, size_t column, std::string_view what) {
  const std::string name = column <= origin.columns.size() ? fmt::format(" ({})", origin.columns[column - 1].name) : "";
  base::fail(origin.kind, "{}: line {}, column {}{}: {}", origin.name, line, column, name, what);
}

}  // namespace tabferry::csv
