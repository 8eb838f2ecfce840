// One table of a data source: its files, its columns, and how its CSV is read.
#include <map>

#include "app/settings_reading.h"
#include "base/text.h"

namespace tabferry::app {
namespace {

using Kind = ConfigTree::Kind;

constexpr std::string_view kTypeExample = "a type such as bigint, or {type: bigint, nullable: false}";

table::Type read_type(const ConfigNode& node) {
  table::Type type;
  const std::string text = node.name();
  node.at_this_place([&] { type = table::parse_type(text); });
  return type;
}

table::Column read_column(const ConfigNode& node, Reading& reading) {
  table::Column column{.name = node.key()};
  if (node.is(Kind::map)) {
    node.expect_only({{"type", "nullable"}, {}});
    column.type = read_type(node.need("type", kTypeExample));
    if (const auto nullable = node.find("nullable")) column.nullable = nullable->boolean();
  } else {
    column.type = read_type(node);
  }
  reading.origins.set(node, table::sql(column.type) + (column.nullable ? "" : " not null"));
  return column;
}

std::vector<table::Column> read_columns(const ConfigNode& node, Reading& reading) {
  std::vector<table::Column> columns;
  std::map<std::string, std::string> seen;   // in lower case -> as written
  for (const auto& entry : node.entries()) {
    const auto [twin, is_new] = seen.emplace(base::lower(entry.key()), entry.key());
    if (!is_new)
      entry.fail("the column {} is there already (as {}; case makes no difference)", base::quoted(entry.key()),
                 base::quoted(twin->second));
    columns.push_back(read_column(entry, reading));
  }
  if (columns.empty()) node.fail("names no column; write NAME: TYPE for each");
  return columns;
}

constexpr std::string_view kMarks = "\t !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~\x1c\x1d\x1e\x1f\x01\x02";

// A delimiter or a quote: what no value begins with by itself. The old separators (\x1f, Hive's \x01) are among them.
char read_mark(const ConfigNode& node, std::string_view example) {
  const std::string text = node.text();
  const bool is_mark = text.size() == 1 && kMarks.find(text[0]) != std::string_view::npos;
  if (!is_mark)
    node.fail("{} must be one ASCII character in quotes that is no letter, digit or line end, such as {}",
              base::quoted(text), example);
  return text[0];
}

// A mark as `config show` prints it.
std::string shown(char mark) { return mark == '\t' ? "\\t" : std::string(1, mark); }

void read_dialect(const ConfigNode& table, csv::Dialect& dialect, Reading& reading) {
  const auto csv = table.find("csv");
  if (csv)
    csv->expect_only({{"delimiter", "quote", "header"},
                      {"null_values", "encoding", "decimal_mark", "date_format", "match_columns"}});
  const auto read = [&](std::string_view key) { return csv ? csv->find(key) : std::nullopt; };
  const auto note = [&](const std::optional<ConfigNode>& node, std::string_view key, std::string value) {
    if (node) reading.origins.set(*node, std::move(value));
    else if (csv) reading.origins.by_default(*csv, key, std::move(value));
    else reading.origins.by_default(table, fmt::format("csv.{}", key), std::move(value));
  };
  const auto delimiter = read("delimiter");
  if (delimiter) dialect.delimiter = read_mark(*delimiter, R"(";" or "\t")");
  note(delimiter, "delimiter", shown(dialect.delimiter));
  const auto quote = read("quote");
  if (quote) dialect.quote = read_mark(*quote, R"('"' or "'")");
  note(quote, "quote", shown(dialect.quote));
  if (dialect.quote == dialect.delimiter)
    csv->fail("delimiter and quote are the same character {}", base::quoted(shown(dialect.quote)));
  const auto header = read("header");
  if (header) dialect.header = header->boolean();
  note(header, "header", dialect.header ? "true" : "false");
}

void read_file_column(const ConfigNode& table, publish::TableSpec& spec, Reading& reading) {
  const auto node = table.find("file_column");
  if (!node) return;
  spec.file_column = node->name();
  for (const auto& column : spec.columns)
    if (base::equal_ignoring_case(column.name, spec.file_column))
      node->fail("{} is the name of a column already; the file column needs a name of its own",
          base::quoted(spec.file_column));
  reading.origins.set(*node, spec.file_column);
}

void read_what_says_the_columns(const ConfigNode& node, publish::TableSpec& spec, Reading& reading) {
  const auto header_file = node.find("header_file");
  const auto columns = node.find("columns");
  if (header_file && columns) node.fail("has both header_file and columns; keep one");
  if (!header_file && !columns)
    node.fail("nothing says its columns; write columns: {{NAME: TYPE, ...}} or header_file: FILE "
              "(to infer them is not built yet)");
  if (columns) {
    spec.columns = read_columns(*columns, reading);
  } else {
    spec.header_file = reading.locations.objects(*header_file);
    reading.origins.set(*header_file, spec.header_file->written);
  }
}

}  // namespace

publish::TableSpec read_table(const ConfigNode& node, Reading& reading) {
  node.expect_only({{"schema", "files", "header_file", "columns", "csv", "file_column"},
      {"ready_when", "primary_key"}});
  if (has_control_characters(node.key()))
    node.fail("the key is the name of the table, and has a control character in it");
  publish::TableSpec spec{.name = {.name = node.key()}};
  if (const auto schema = node.find("schema")) reading.origins.set(*schema, spec.name.schema = schema->name());
  else reading.origins.by_default(node, "schema", spec.name.schema);
  const auto files = node.need("files",
      "where its data is: file:///DIR/*.csv, s3://BUCKET/KEY, or a path beside the configuration");
  spec.files = reading.locations.objects(files);
  reading.origins.set(files, spec.files.written);
  read_what_says_the_columns(node, spec, reading);
  read_dialect(node, spec.dialect, reading);
  read_file_column(node, spec, reading);
  return spec;
}

}  // namespace tabferry::app
