#include "csv/header.h"

#include <algorithm>

#include "base/text.h"

namespace tabferry::csv {
namespace {

using Names = std::vector<std::string>;  // without blanks around

constexpr size_t kShownNameBytes = 300;

Names names_of(const Record& record, const Dialect& dialect) {
  Names names;
  for (size_t i = 0; i < record.field_count; ++i)
    names.emplace_back(base::trim(unquoted(record.fields[i], dialect.quote)));
  return names;
}

Names names_of(const std::vector<table::Column>& columns) {
  Names names;
  for (const auto& column : columns) names.emplace_back(base::trim(column.name));
  return names;
}

Names sorted(Names names) {
  for (auto& name : names) name = base::lower(name);
  std::sort(names.begin(), names.end());
  return names;
}

bool share_a_name(const Names& a, const Names& b) {
  const Names others = sorted(b);
  return std::any_of(a.begin(), a.end(), [&](const auto& name) {
    return std::binary_search(others.begin(), others.end(), base::lower(name));
  });
}

// Both lists, and the first difference for those that are too long to be shown. Empty where there is none.
std::string difference(const Names& expected, const Names& found) {
  const auto list = [](const Names& names) { return base::quoted(base::join(names, ", "), kShownNameBytes); };
  for (size_t i = 0; i < expected.size(); ++i)
    if (!base::equal_ignoring_case(expected[i], found[i]))
      return fmt::format("expected {}, found {} (column {} is {} instead of {})", list(expected), list(found), i + 1,
                         base::quoted(found[i]), base::quoted(expected[i]));
  return {};
}

}  // namespace

std::string check_header(const Record& record, const Format& format, const Origin& origin, const RecordCheck& check) {
  check.check_count(record);
  const Names expected = names_of(format.columns);
  const Names found = names_of(record, format.dialect);
  const std::string names = difference(expected, found);
  if (names.empty()) return {};
  if (sorted(found) == sorted(expected))
    fail_line(origin, record.line,
              fmt::format("the header has the columns in another order: {}: fields are read by position "
                          "(matching by name is not built), so give the columns in the header's order",
                          names));
  const bool is_data = !share_a_name(found, expected) && check.looks_like_data(record);
  const std::string what =
      fmt::format("the header differs: {}: {}", names,
                  is_data ? "this looks like data; where the file has no header, set csv: {header: false}"
                          : "correct the header or the table's columns");
  if (format.dialect.check_header) fail_line(origin, record.line, what);
  return fmt::format("{}: line {}: {}", origin.name, record.line, what);
}

}  // namespace tabferry::csv
