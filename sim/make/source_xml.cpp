#include "sim/make/source_xml.h"

#include <fmt/format.h>

#include <array>

#include "sim/make/dice.h"

namespace tabferry::sim::make {
namespace {

using table::Family;
using table::Kind;

// OLE DB type codes, as Tableau writes them for columns of an extract.
int remote_type(const table::Type& type) {
  switch (type.kind) {
    case Kind::boolean:
      return 11;
    case Kind::small_int:
      return 2;
    case Kind::integer:
      return 3;
    case Kind::big_int:
      return 20;
    case Kind::double_precision:
      return 5;
    case Kind::numeric:
      return 131;
    case Kind::date:
      return 133;
    case Kind::timestamp:
      return 135;
    default:
      return 129;
  }
}

std::string_view aggregation(Family family) {
  if (family == Family::integer || family == Family::real) return "Sum";
  return family == Family::date || family == Family::datetime ? "Year" : "Count";
}

std::string_view type_of(const Field& field) {
  if (field.measure) return "quantitative";
  const Family family = table::family(field.column.type);
  return family == Family::string || family == Family::boolean ? "nominal" : "ordinal";
}

// What the parts of one data source call each other.
struct Ids {
  std::string connection;  // of the named connection
  std::string object;      // of the logical table
  std::string calculation;
};

constexpr std::array kDatabases = {
    Database{"postgres", "orders-db.example.com", "5432", "public"},
    Database{"sqlserver", "mssql.example.com", "1433", "dbo"},
    Database{"snowflake", "acme.snowflakecomputing.com", "443", "SALES"},
};

bool is_live(const SourceOrder& order) {
  return order.connects == Connects::live || order.connects == Connects::extract_of_live;
}

// The relation's name and its table in brackets.
std::pair<std::string, std::string> relation_of(const SourceOrder& order) {
  const Shape& shape = shapes()[order.shape];
  if (order.connects == Connects::published) return {"sqlproxy", "[sqlproxy]"};
  if (order.connects == Connects::direct_extract) return {"Extract", "[Extract].[Extract]"};
  return {shape.name, fmt::format("[{}].[{}]", database_of(order).schema, shape.name)};
}

Ids ids_of(const SourceOrder& order) {
  Dice dice(order.seed, "source ids");
  const auto kind = order.connects == Connects::direct_extract ? "hyper" : database_of(order).connection_class;
  const std::string name = relation_of(order).first;
  return {.connection = fmt::format("{}.{}", kind, dice.token(28)),
          .object = fmt::format("{} ({})_{}", name, name, dice.hex(32)),
          .calculation = fmt::format("[Calculation_{}]", 1'000'000'000'000'000'000 + dice.below(1'000'000'000'000))};
}

void write_place(DesktopXml& xml, const Place& place) {
  if (place.site.empty()) return;
  const std::string path = fmt::format("/t/{}/datasources", place.site);
  const std::string from = fmt::format("https://{}{}/{}?rev=1.0", place.server, path, place.content_url);
  xml.empty(
      "repository-location",
      {{"derived-from", from}, {"id", place.content_url}, {"path", path}, {"revision", "1.0"}, {"site", place.site}});
}

void write_relation(DesktopXml& xml, const SourceOrder& order, const Ids& ids) {
  const auto [name, table] = relation_of(order);
  if (order.connects == Connects::published) {
    xml.empty("relation", {{"name", name}, {"table", table}, {"type", "table"}});
    return;
  }
  xml.empty("relation", {{"connection", ids.connection}, {"name", name}, {"table", table}, {"type", "table"}});
}

void write_record(DesktopXml& xml, const Field& field, size_t ordinal, const std::string& parent, const Ids& ids) {
  const Family family = table::family(field.column.type);
  xml.open("metadata-record", {{"class", "column"}})
      .text("remote-name", field.column.name)
      .text("remote-type", std::to_string(remote_type(field.column.type)))
      .text("local-name", field.local_name())
      .text("parent-name", "[" + parent + "]")
      .text("remote-alias", field.column.name)
      .text("ordinal", std::to_string(ordinal))
      .text("local-type", table::name_of(family))
      .text("aggregation", aggregation(family));
  if (field.column.type.kind == Kind::numeric) {
    xml.text("precision", std::to_string(field.column.type.precision))
        .text("scale", std::to_string(field.column.type.scale));
  }
  xml.text("contains-null", "true");
  if (family == Family::string) xml.empty("collation", {{"flag", "0"}, {"name", "binary"}});
  xml.text("object-id", "[" + ids.object + "]").close();
}

void write_records(DesktopXml& xml, const SourceOrder& order, const std::string& parent, const Ids& ids) {
  const Shape& shape = shapes()[order.shape];
  xml.open("metadata-records");
  for (size_t at = 0; at < shape.fields.size(); ++at) write_record(xml, shape.fields[at], at, parent, ids);
  xml.close();
}

void write_hyper_connection(DesktopXml& xml, const SourceOrder& order) {
  xml.empty("connection", {{"authentication", "auth-none"},
                           {"author-locale", "en_US"},
                           {"class", "hyper"},
                           {"dbname", order.extract_entry},
                           {"default-settings", "yes"},
                           {"server", ""},
                           {"sslmode", ""},
                           {"username", "tableau_internal_user"}});
}

void write_named_connection(DesktopXml& xml, const SourceOrder& order, const Ids& ids) {
  const Database& database = database_of(order);
  const bool live = is_live(order);
  xml.open("named-connections")
      .open("named-connection", {{"caption", live ? database.server : order.name}, {"name", ids.connection}});
  if (live) {
    xml.empty("connection", {{"authentication", "username-password"},
                             {"class", database.connection_class},
                             {"dbname", "shop"},
                             {"odbc-native-protocol", "yes"},
                             {"one-time-sql", ""},
                             {"port", database.port},
                             {"schema", database.schema},
                             {"server", database.server},
                             {"username", "reader"},
                             {"workgroup-auth-mode", "prompt"}});
  } else {
    write_hyper_connection(xml, order);
  }
  xml.close().close();
}

void write_connection(DesktopXml& xml, const SourceOrder& order, const Ids& ids) {
  if (order.connects == Connects::published) {
    xml.open("connection", {{"channel", "https"},
                            {"class", "sqlproxy"},
                            {"dbname", order.place.content_url},
                            {"directory", "/dataserver"},
                            {"port", "443"},
                            {"server", order.place.server},
                            {"server-oauth", ""},
                            {"username", ""},
                            {"workgroup-auth-mode", "prompt"}});
  } else {
    xml.open("connection", {{"class", "federated"}});
    write_named_connection(xml, order, ids);
  }
  write_relation(xml, order, ids);
  write_records(xml, order, relation_of(order).first, ids);
  xml.close();
}

void write_extract(DesktopXml& xml, const SourceOrder& order, const Ids& ids) {
  xml.open("extract", {{"count", "-1"}, {"enabled", "true"}, {"object-id", ids.object}, {"units", "records"}})
      .open("connection", {{"authentication", "auth-none"},
                           {"author-locale", "en_US"},
                           {"class", "hyper"},
                           {"dbname", order.extract_entry},
                           {"default-settings", "yes"},
                           {"schema", "Extract"},
                           {"sslmode", ""},
                           {"tablename", "Extract"},
                           {"update-time", "01/05/2026 02:00:00 AM"},
                           {"username", "tableau_internal_user"}})
      .empty("relation", {{"name", "Extract"}, {"table", "[Extract].[Extract]"}, {"type", "table"}});
  write_records(xml, order, "Extract", ids);
  xml.close().close();
}

void write_graph(DesktopXml& xml, const SourceOrder& order, const Ids& ids) {
  xml.open("object-graph")
      .open("objects")
      .open("object", {{"caption", shapes()[order.shape].caption}, {"id", ids.object}});
  xml.open("properties", {{"context", ""}});
  write_relation(xml, order, ids);
  xml.close();
  if (order.connects == Connects::extract_of_live) {
    xml.open("properties", {{"context", "extract"}})
        .empty("relation", {{"name", "Extract"}, {"table", "[Extract].[Extract]"}, {"type", "table"}})
        .close();
  }
  xml.close().close().close();
}

void open_source(DesktopXml& xml, const SourceOrder& order, bool in_workbook) {
  if (in_workbook) {
    xml.open("datasource",
             {{"caption", order.name}, {"inline", "true"}, {"name", source_id(order)}, {"version", "18.1"}});
    return;
  }
  xml.open("datasource", {{"formatted-name", order.name},
                          {"inline", "true"},
                          {"source-platform", "win"},
                          {"version", "18.1"},
                          {"xmlns:user", "http://www.tableausoftware.com/xml/user"}});
  write_manifest(xml, false);
}

}  // namespace

const Database& database_of(const SourceOrder& order) { return Dice(order.seed, "database").pick(kDatabases); }

std::string source_id(const SourceOrder& order) {
  const auto kind = order.connects == Connects::published ? "sqlproxy" : "federated";
  return fmt::format("{}.{}", kind, Dice(order.seed, "source name").token(28));
}

void write_manifest(DesktopXml& xml, bool workbook) {
  xml.open("document-format-change-manifest").empty("ObjectModelEncapsulateLegacy").empty("ObjectModelTableType");
  xml.empty("SchemaViewerObjectModel");
  if (workbook) xml.empty("SheetIdentifierTracking").empty("WindowsPersistSimpleIdentifiers");
  xml.close();
}

void write_column(DesktopXml& xml, const Field& field) {
  xml.empty("column", {{"caption", field.caption},
                       {"datatype", table::name_of(table::family(field.column.type))},
                       {"name", field.local_name()},
                       {"role", field.measure ? "measure" : "dimension"},
                       {"type", type_of(field)}});
}

void write_calculation(DesktopXml& xml, const SourceOrder& order) {
  const Shape& shape = shapes()[order.shape];
  xml.open("column", {{"caption", "Calculated \"" + shape.caption + "\""},
                      {"datatype", "real"},
                      {"name", ids_of(order).calculation},
                      {"role", "measure"},
                      {"type", "quantitative"}})
      .empty("calculation", {{"class", "tableau"}, {"formula", shape.formula}})
      .close();
}

void write_source(DesktopXml& xml, const SourceOrder& order, bool in_workbook) {
  const Ids ids = ids_of(order);
  const Shape& shape = shapes()[order.shape];
  open_source(xml, order, in_workbook);
  write_place(xml, order.place);
  write_connection(xml, order, ids);
  xml.empty("aliases", {{"enabled", "yes"}});
  write_calculation(xml, order);
  for (const auto& field : shape.fields) write_column(xml, field);
  xml.empty("column", {{"caption", shape.caption},
                       {"datatype", "table"},
                       {"name", "[__tableau_internal_object_id__].[" + ids.object + "]"},
                       {"role", "measure"},
                       {"type", "quantitative"}});
  if (order.connects == Connects::extract_of_live) write_extract(xml, order, ids);
  xml.empty("layout", {{"dim-ordering", "alphabetic"}, {"measure-ordering", "alphabetic"}, {"show-structure", "true"}});
  write_graph(xml, order, ids);
  xml.close();
}

}  // namespace tabferry::sim::make
