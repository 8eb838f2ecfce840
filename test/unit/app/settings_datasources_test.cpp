#include "config_fixture.h"

namespace tabferry::app {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class SettingsDatasources : public ConfigFixture {
 protected:
  // One table `t` of one data source `d`; `keys` stand in line 5.
  static std::string table(const std::string& keys) {
    return "datasources:\n  d:\n    project: p\n    tables:\n      t: {" + keys + "}\n";
  }
  publish::TableSpec read(const std::string& keys) { return load(table(keys)).datasources.at(0).tables.at(0); }
  std::string error_at(const std::string& keys) { return error_of(table(keys)); }
};

TEST_F(SettingsDatasources, ReadsAllThatIsBuilt) {
  const auto settings = load(R"yaml(datasources:
  sales:
    name: "Sales (daily)"
    project: Finance/Daily
    template: templates/../sales.tdsx
    extract: "Data/Extracts/a b.hyper"
    tables:
      orders:
        schema: Extract
        files: data/orders/*.csv
        header_file: data/orders_header.csv
        csv: {delimiter: ";", quote: "'", header: false}
        file_column: File Path
      customers:
        files: file:///abs/c.csv
        columns: {id: {type: bigint, nullable: false}, name: text, rate: "numeric(10,2)", since: {type: date}}
  second: {project: default, tables: {t: {files: x.csv, columns: {a: int}}}}
)yaml");
  ASSERT_EQ(settings.datasources.size(), 2U);
  const auto& sales = settings.datasources[0];
  EXPECT_EQ(sales.key, "sales");
  EXPECT_EQ(sales.name, "Sales (daily)");
  EXPECT_EQ(sales.project, "Finance/Daily");
  EXPECT_EQ(sales.template_file, folder_.path() / "sales.tdsx");
  EXPECT_EQ(sales.extract, "Data/Extracts/a b.hyper");
  EXPECT_EQ(sales.keep_hyper, "");
  ASSERT_EQ(sales.tables.size(), 2U);
  const auto& orders = sales.tables[0];
  EXPECT_EQ(orders.name, (table::TableName{"Extract", "orders"}));
  EXPECT_EQ(orders.files.written, "data/orders/*.csv");
  EXPECT_EQ(orders.header_file.value().written, "data/orders_header.csv");
  EXPECT_EQ(orders.dialect.delimiter, ';');
  EXPECT_EQ(orders.dialect.quote, '\'');
  EXPECT_FALSE(orders.dialect.header);
  EXPECT_TRUE(orders.dialect.check_header);
  EXPECT_EQ(orders.dialect.null_string, "");
  EXPECT_EQ(orders.file_column, "File Path");
  const auto& customers = sales.tables[1];
  EXPECT_EQ(customers.name, (table::TableName{"public", "customers"}));
  EXPECT_EQ(customers.file_column, "");
  EXPECT_FALSE(customers.header_file.has_value());
  const table::Type numeric{.kind = table::Kind::numeric, .precision = 10, .scale = 2};
  EXPECT_THAT(customers.columns, ElementsAre(table::Column{"id", {table::Kind::big_int}, false}, table::Column{"name", {table::Kind::text}, true},
                                             table::Column{"rate", numeric, true},
                                                 table::Column{"since", {table::Kind::date}, true}));
  EXPECT_EQ(settings.datasources[1].name, "second");
  EXPECT_EQ(settings.datasources[1].template_file, "");
}

TEST_F(SettingsDatasources, NamesMayHoldWhatPeopleWrite) {
  const auto settings = load(R"yaml(datasources:
  "50% of; [x]'s \"q\"":
    project: "a\\/b/Ünï 'c'"
    tables:
      "o;r]d'e\"r s%": {files: "x.csv", columns: {"a;b]": text, "it's": text, "say \"x\"": text, "😀 %20": text, "two\nlines": text}}
)yaml");
  const auto& spec = settings.datasources.at(0);
  EXPECT_EQ(spec.name, "50% of; [x]'s \"q\"");
  EXPECT_EQ(spec.project, "a\\/b/Ünï 'c'");
  EXPECT_EQ(spec.tables.at(0).name.name, "o;r]d'e\"r s%");
  EXPECT_EQ(spec.tables[0].columns.at(2).name, "say \"x\"");
  EXPECT_EQ(spec.tables[0].columns.at(3).name, "😀 %20");
  EXPECT_EQ(spec.tables[0].columns.at(4).name, "two\nlines");
}

TEST_F(SettingsDatasources, DatasourceErrors) {
  EXPECT_EQ(error_of("datasources: {}\n"), "tabferry.yaml:1: datasources: names no data source");
  EXPECT_EQ(error_of("datasources:\n  - sales\n"),
      "tabferry.yaml:1: datasources: is a list; a map (KEY: VALUE) is wanted");
  EXPECT_EQ(error_of("datasources:\n  d: {tables: {}}\n"),
            "tabferry.yaml:2: datasources.d: project is missing: the project on the site: its full path, such as "
                "Finance/Daily, or a name that only one project has");
  EXPECT_THAT(error_of("datasources:\n  d: {project: p}\n"),
      StartsWith("tabferry.yaml:2: datasources.d: tables is missing: "));
  EXPECT_EQ(error_of("datasources:\n  d:\n    project: p\n    tables: {}\n"),
      "tabferry.yaml:4: datasources.d.tables: names no table");
  EXPECT_EQ(error_of("datasources:\n  my.d s:\n    nam: x\n"),
            "tabferry.yaml:3: datasources.'my.d s'.nam: unknown key (did you mean name?). Keys that may stand here: "
                "name, project, template, extract, package, tables");
  for (const char* key : {"relationships", "guard"})
    EXPECT_THAT(error_of(fmt::format("datasources:\n  d:\n    {}: []\n", key)),
        StartsWith(fmt::format("tabferry.yaml:3: datasources.d.{0}: {0} is not built yet", key)));
  EXPECT_EQ(error_of("datasources:\n  d: {project: p,\n    name: 2024}\n"),
            "tabferry.yaml:3: datasources.d.name: 2024 is a number to YAML, and text is wanted: quote it: \"2024\"");
  EXPECT_EQ(error_of("datasources:\n  d: {project: p,\n    name: \" \"}\n"),
      "tabferry.yaml:3: datasources.d.name: is empty");
  EXPECT_EQ(error_of("datasources:\n  d: {project: p,\n    name: \"a\\tb\"}\n"),
      "tabferry.yaml:3: datasources.d.name: 'a\\x09b' has a control character in it");
  EXPECT_THAT(error_of("datasources:\n  \"a\\u0001\": {project: p}\n"),
      HasSubstr("the key is the name of the data source, and has a control character"));
  EXPECT_THAT(error_of("datasources:\n  \"\": {project: p}\n"), HasSubstr("a key is empty here"));
}

TEST_F(SettingsDatasources, ThePackageIsStoredDeflatedOrEither) {
  const auto packing_of = [&](const std::string& key) {
    return load("datasources:\n  d: {project: p, " + key + "tables: {t: {files: x.csv, columns: {a: int}}}}\n")
        .datasources.at(0)
        .packing;
  };
  EXPECT_EQ(packing_of(""), publish::Packing::automatic);
  EXPECT_EQ(packing_of("package: auto, "), publish::Packing::automatic);
  EXPECT_EQ(packing_of("package: stored, "), publish::Packing::stored);
  EXPECT_EQ(packing_of("package: deflate, "), publish::Packing::deflated);
  EXPECT_EQ(error_of("datasources:\n  d: {project: p,\n    package: zip}\n"),
            "tabferry.yaml:3: datasources.d.package: 'zip' is none of stored, deflate and auto");
}

TEST_F(SettingsDatasources, TwoMayNotReplaceEachOther) {
  const std::string tables = "tables: {t: {files: x.csv, columns: {a: int}}}";
  EXPECT_EQ(error_of("datasources:\n  a: {project: P, name: Sales, " + tables + "}\n  sales: {project: p, " + tables +
      "}\n"),
            "tabferry.yaml:3: datasources.sales: would replace what tabferry.yaml:2 publishes: both are called 'sales' "
                "in the project 'p'; give one another name");
  EXPECT_EQ(load("datasources:\n  a: {project: P, name: Sales, " + tables + "}\n  sales: {project: Q, " + tables +
      "}\n").datasources.size(), 2U);
}

TEST_F(SettingsDatasources, TheTemplateNeedNotExistButBeATdsx) {
  const auto with = [](const std::string& file) { return "datasources:\n  d:\n    project: p\n    template: " + file +
      "\n    tables: {t: {files: x.csv, columns: {a: int}}}\n"; };
  EXPECT_EQ(load(with("none/my.sales.TDSX")).datasources.at(0).template_file, folder_.path() / "none/my.sales.TDSX");
  EXPECT_EQ(load(with("/abs/s.tdsx")).datasources.at(0).template_file, "/abs/s.tdsx");
  EXPECT_EQ(load(with("file:///abs/a%20b.tdsx")).datasources.at(0).template_file, "/abs/a%20b.tdsx");
  EXPECT_THAT(error_of(with("sales.tds")),
      StartsWith("tabferry.yaml:4: datasources.d.template: 'sales.tds' is no .tdsx; a template is a packaged data "
      "source"));
  EXPECT_THAT(error_of(with("s3://b/x.tdsx")), HasSubstr("reading this from S3 is not built yet"));
}

TEST_F(SettingsDatasources, ColumnsComeFromOnePlace) {
  EXPECT_EQ(error_at("files: x.csv"),
      "tabferry.yaml:5: datasources.d.tables.t: nothing says its columns; write columns: {NAME: TYPE, ...} or "
      "header_file: FILE "
                                      "(to infer them is not built yet)");
  EXPECT_EQ(error_at("files: x.csv, header_file: h.csv, columns: {a: int}"),
      "tabferry.yaml:5: datasources.d.tables.t: has both header_file and columns; keep one");
  EXPECT_EQ(error_at("files: x.csv, columns: {}"),
      "tabferry.yaml:5: datasources.d.tables.t.columns: names no column; write NAME: TYPE for each");
  EXPECT_THAT(error_at("columns: {a: int}"), StartsWith("tabferry.yaml:5: datasources.d.tables.t: files is missing: "));
}

TEST_F(SettingsDatasources, ColumnErrorsHaveTheirLine) {
  EXPECT_EQ(error_at("files: x.csv, columns: {Id: int,\n  iD: text}"),
            "tabferry.yaml:6: datasources.d.tables.t.columns.iD: the column 'iD' is there already (as 'Id'; case makes "
                "no difference)");
  EXPECT_THAT(error_at("files: x.csv, columns: {a: int,\n  a: text}"),
      StartsWith("tabferry.yaml:6:3: the key 'a' stands twice"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: int,\n  b c: strng}"),
              StartsWith("tabferry.yaml:6: datasources.d.tables.t.columns.'b c': unknown type 'strng' (did you mean "
                  "string?)"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: {type: \"numeric(99)\"}}"),
      HasSubstr("columns.a.type: the type 'numeric(99)' is out of range"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: {nullable: false}}"),
      HasSubstr("columns.a: type is missing: a type such as bigint"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: {type: int, nullable: \"no\"}}"),
      HasSubstr("columns.a.nullable: is text; true or false (without quotes) is wanted"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: {typ: int}}"),
      HasSubstr("columns.a.typ: unknown key (did you mean type?)"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: }"), HasSubstr("columns.a: is nothing to YAML"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: [int]}"), HasSubstr("columns.a: is a list; text is wanted"));
  EXPECT_THAT(error_at("files: x.csv, columns: [a]"), HasSubstr("columns: is a list; a map (KEY: VALUE) is wanted"));
  EXPECT_THAT(error_at("files: x.csv, columns: {\"a\\0\": int}"), HasSubstr("the key has a NUL character in it"));
}

TEST_F(SettingsDatasources, TheFileColumnHasANameOfItsOwn) {
  EXPECT_EQ(error_at("files: x.csv, columns: {path: int},\n  file_column: PATH"),
            "tabferry.yaml:6: datasources.d.tables.t.file_column: 'PATH' is the name of a column already; the file "
                "column needs a name of its own");
  EXPECT_THAT(error_at("files: x.csv, columns: {a: int}, file_column: \"\""), HasSubstr("file_column: is empty"));
  EXPECT_THAT(error_at("files: x.csv, columns: {a: int}, file_column: 1"),
      HasSubstr("1 is a number to YAML, and text is wanted: quote it: \"1\""));
}

TEST_F(SettingsDatasources, TheDialectsMarksAreSingleCharacters) {
  EXPECT_EQ(read("files: x.csv, columns: {a: int}").dialect.delimiter, ',');
  EXPECT_EQ(read("files: x.csv, columns: {a: int}").dialect.quote, '"');
  EXPECT_TRUE(read("files: x.csv, columns: {a: int}").dialect.header);
  EXPECT_EQ(read("files: x.csv, columns: {a: int}, csv: {delimiter: \"\\t\"}").dialect.delimiter, '\t');
  const auto csv = [&](const std::string& keys) { return error_at("files: x.csv, columns: {a: int},\n  csv: {" + keys + "}"); };
  EXPECT_EQ(csv("delimiter: '\\t'"),
      "tabferry.yaml:6: datasources.d.tables.t.csv.delimiter: '\\t' must be one ASCII character in quotes that is no "
      "letter, digit or "
                                     "line end, such as \";\" or \"\\t\"");
  EXPECT_EQ(read("files: x.csv, columns: {a: int}, csv: {delimiter: \"\\u0001\"}").dialect.delimiter, '\x01');
  for (const char* bad : {"\"\"", "\";;\"", "\"§\"", "\"\\n\"", "\"\\r\"", "a", "Z", "\"7\""})
      EXPECT_THAT(csv(std::string("delimiter: ") + bad), HasSubstr("must be one ASCII character")) << bad;
  EXPECT_EQ(csv("delimiter: ~"),
            "tabferry.yaml:6: datasources.d.tables.t.csv.delimiter: is nothing to YAML (left empty, ~ or null), and "
                "text is wanted: quote it, such as \"~\", or leave the key out");
  EXPECT_THAT(csv("delimiter: 7"), HasSubstr("7 is a number to YAML"));
  EXPECT_THAT(csv("quote: \";\", delimiter: \";\""), HasSubstr("csv: delimiter and quote are the same character ';'"));
  EXPECT_THAT(csv("quote: \"\""), HasSubstr("csv.quote: '' must be one ASCII character"));
  EXPECT_THAT(csv("header: \"False\""), HasSubstr("csv.header: is text; true or false (without quotes) is wanted"));
  EXPECT_THAT(csv("header: no"), HasSubstr("csv.header: is text; true or false"));
  EXPECT_THAT(csv("delimeter: x"), HasSubstr("did you mean delimiter?"));
  for (const char* key : {"null_values", "encoding", "decimal_mark", "date_format", "match_columns"})
    EXPECT_THAT(csv(std::string(key) + ": x"),
        StartsWith(fmt::format("tabferry.yaml:6: datasources.d.tables.t.csv.{0}: {0} is not built yet", key)));
}

TEST_F(SettingsDatasources, TableKeys) {
  EXPECT_THAT(error_at("fils: x.csv"),
      StartsWith("tabferry.yaml:5: datasources.d.tables.t.fils: unknown key (did you mean files?). Keys that may stand "
      "here: schema, files, header_file, columns, csv, file_column"));
  for (const char* key : {"ready_when", "primary_key"})
    EXPECT_THAT(error_at(std::string(key) + ": x"),
        StartsWith(fmt::format("tabferry.yaml:5: datasources.d.tables.t.{0}: {0} is not built yet", key)));
  EXPECT_THAT(error_at("schema: \"\", files: x.csv, columns: {a: int}"), HasSubstr("schema: is empty"));
  EXPECT_THAT(error_at("files: \"x/${date}/*.csv\", columns: {a: int}"),
      HasSubstr("files: '${date}' in a value is not built yet"));
  EXPECT_THAT(error_of("datasources: {d: {project: p, tables: {\"t\\n\": {files: x.csv}}}}"),
      HasSubstr("the key is the name of the table, and has a control character"));
  EXPECT_THAT(error_of("datasources: {d: {project: p, tables: {t: x.csv}}}"),
      HasSubstr("datasources.d.tables.t: is text; a map (KEY: VALUE) is wanted"));
}

TEST_F(SettingsDatasources, AnchorsShareWhatTablesHaveInCommon) {
  const auto settings = load(
      "datasources:\n  d:\n    project: p\n    tables:\n      a: &a {files: a.csv, columns: {id: int}, csv: "
          "{delimiter: \";\"}}\n"
      "      b: {<<: *a, files: b.csv}\n");
  const auto& tables = settings.datasources.at(0).tables;
  EXPECT_EQ(tables.at(1).files.keys.pattern(), "b.csv");
  EXPECT_EQ(tables[1].dialect.delimiter, ';');
  EXPECT_EQ(tables[1].columns, tables[0].columns);
}

}  // namespace
}  // namespace tabferry::app
