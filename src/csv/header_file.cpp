// The header file of the s3-to-hyper sample: names in its first record, types in its second.
#include <algorithm>

#include "base/text.h"
#include "csv/scanner.h"

namespace tabferry::csv {
namespace {

constexpr size_t kMostColumns = 10'000;

using Fields = std::vector<std::string>;

std::vector<Fields> read_records(io::ByteSource& file, const Origin& origin) {
  const Dialect dialect;
  Scanner scanner(file, dialect, origin, kMostColumns);
  std::vector<Fields> records;
  Record record;
  while (scanner.fill()) {
    while (scanner.next(record)) {
      if (record.blank()) continue;
      if (records.size() == 2)
        fail_line(origin, record.line, "a third line: a header file holds the column names and their types only");
      if (record.field_count > kMostColumns)
        fail_line(origin, record.line, fmt::format("more than {} columns", kMostColumns));
      auto& fields = records.emplace_back();
      for (size_t i = 0; i < record.field_count; ++i)
        fields.emplace_back(base::trim(unquoted(record.fields[i], dialect.quote)));
    }
  }
  return records;
}

void check_names(const Fields& names, const Origin& origin) {
  Fields seen;
  for (size_t i = 0; i < names.size(); ++i) {
    if (names[i].empty()) fail_file(origin, fmt::format("column {} has no name", i + 1));
    const auto name = base::lower(names[i]);
    if (std::find(seen.begin(), seen.end(), name) != seen.end())
      fail_file(origin,
                fmt::format("column {}: the name {} is there twice (case ignored)", i + 1, base::quoted(names[i])));
    seen.push_back(name);
  }
}

table::Type read_type(const std::string& word, const std::string& name, const Origin& origin) {
  try {
    return table::parse_type(word);
  } catch (const base::Error& error) {  // only to say where
    base::fail(error.kind(), "{}: column {}: {}", origin.name, base::quoted(name), error.what());
  }
}

}  // namespace

std::vector<table::Column> read_header_file(io::ByteSource& file, std::string_view name) {
  const Origin origin{.name = name, .kind = base::ErrorKind::config};
  const auto records = read_records(file, origin);
  if (records.size() < 2)
    fail_file(origin,
              fmt::format("{} instead of 2: a header file holds the column names in its first line and their types in "
                          "its second",
                          base::counted(records.size(), "line")));
  const auto& names = records[0];
  const auto& types = records[1];
  if (names.size() != types.size())
    fail_file(origin,
              fmt::format("{} but {}: give each column one type; one with a comma needs quotes (\"numeric(10,2)\")",
                          base::counted(names.size(), "name"), base::counted(types.size(), "type")));
  check_names(names, origin);
  std::vector<table::Column> columns;
  for (size_t i = 0; i < names.size(); ++i)
    columns.push_back({.name = names[i], .type = read_type(types[i], names[i], origin)});
  return columns;
}

}  // namespace tabferry::csv
