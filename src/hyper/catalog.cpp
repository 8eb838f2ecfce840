#include <charconv>

#include "hyper/session.h"
#include "hyper/session_state.h"

namespace tabferry::hyper {
namespace {

constexpr const char* kColumnsOfTables =
    "SELECT n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull "
    "FROM x.pg_catalog.pg_class c JOIN x.pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
    "LEFT JOIN x.pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema') "
    "ORDER BY n.nspname, c.relname, a.attnum";

// format_type's words are those of parse_type, but that one refuses the digits of newer database versions.
table::Type type_of(const std::string& text) {
  constexpr std::string_view kNumeric = "numeric(";
  if (!text.starts_with(kNumeric)) return table::parse_type(text);
  table::Type type{.kind = table::Kind::numeric};
  const char* const end = text.data() + text.size();
  const auto comma = std::from_chars(text.data() + kNumeric.size(), end, type.precision).ptr;
  if (comma < end && *comma == ',') std::from_chars(comma + 1, end, type.scale);
  return type;
}

table::Column column_of(const std::vector<std::optional<std::string>>& row) {
  return {.name = row[2].value(), .type = type_of(row[3].value()), .nullable = row[4] == "f"};
}

}  // namespace

std::vector<table::Table> Session::tables() {
  std::vector<table::Table> tables;
  for (const auto& row : query(kColumnsOfTables)) {
    const table::TableName name{row[0].value(), row[1].value()};
    if (tables.empty() || tables.back().name != name) tables.push_back({name, {}});
    if (row[2]) tables.back().columns.push_back(column_of(row));
  }
  return tables;
}

}  // namespace tabferry::hyper
