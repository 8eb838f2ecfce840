#include "sim/make/flows.h"

#include <fmt/format.h>

#include "doc/json.h"
#include "sim/make/dice.h"

namespace tabferry::sim::make {
namespace {

using doc::Json;

struct Ids {
  std::string input, clean, output, connection, data_connection, document;
};

Ids ids_of(const FlowOrder& order) {
  Dice dice(order.seed, "flow ids");
  return {dice.uuid(), dice.uuid(), dice.uuid(), dice.uuid(), dice.uuid(), dice.uuid()};
}

std::string csv_name(const FlowOrder& order) { return shapes()[order.shape].caption + ".csv"; }

Json fields_of(const FlowOrder& order) {
  Json fields = Json::array();
  int ordinal = 0;
  for (const auto& field : shapes()[order.shape].fields) {
    fields.push_back({{"name", field.column.name},
                      {"type", table::name_of(table::family(field.column.type))},
                      {"collation", nullptr},
                      {"caption", field.caption},
                      {"ordinal", ordinal++},
                      {"isGenerated", false}});
  }
  return fields;
}

Json next(const std::string& id) {
  return Json::array({{{"namespace", "Default"}, {"nextNodeId", id}, {"nextNamespace", "Default"}}});
}

std::string_view input_type(FlowInput input) {
  if (input == FlowInput::published) return ".v2019_3_1.LoadSqlProxy";
  return input == FlowInput::database ? ".v1.LoadSql" : ".v1.LoadCsv";
}

Json published_attributes(const FlowOrder& order) {
  return {
      {"dbname", order.source.content_url}, {"projectName", order.project_name}, {"datasourceName", order.source_name}};
}

Json input_node(const FlowOrder& order, const Ids& ids) {
  const bool published = order.input == FlowInput::published;
  const Shape& shape = shapes()[order.shape];
  Json node = {{"nodeType", input_type(order.input)},
               {"name", published ? order.source_name : shape.caption},
               {"id", ids.input},
               {"baseType", "input"},
               {"nextNodes", next(ids.clean)},
               {"serialize", false},
               {"description", nullptr},
               {"connectionId", published ? ids.data_connection : ids.connection},
               {"connectionAttributes", published ? published_attributes(order) : Json::object()},
               {"fields", fields_of(order)},
               {"actions", Json::array()},
               {"filters", Json::array()}};
  const std::string table = published ? "[sqlproxy]" : "[public].[" + shape.name + "]";
  if (order.input != FlowInput::csv) node["relation"] = {{"type", "table"}, {"table", table}};
  return node;
}

Json clean_node(const FlowOrder& order, const Ids& ids) {
  const Field& field = shapes()[order.shape].first_measure();
  const Json add = {{"nodeType", ".v1.AddColumn"},
                    {"columnName", "Doubled \"" + field.caption + "\""},
                    {"expression", "[" + field.column.name + "] * 2"},
                    {"name", "Add field"}};
  return {{"nodeType", ".v2018_2_3.SuperTransform"},
          {"name", "Clean 1"},
          {"id", ids.clean},
          {"baseType", "superNode"},
          {"nextNodes", next(ids.output)},
          {"serialize", false},
          {"description", nullptr},
          {"beforeActionAnnotations", Json::array({{{"namespace", "Default"}, {"annotationNode", add}}})},
          {"afterActionAnnotations", Json::array()}};
}

Json output_node(const FlowOrder& order, const Ids& ids) {
  return {{"nodeType", ".v1.PublishExtract"},
          {"name", "Output"},
          {"id", ids.output},
          {"baseType", "output"},
          {"nextNodes", Json::array()},
          {"serialize", false},
          {"description", nullptr},
          {"projectName", order.project_name},
          {"projectLuid", order.project_id},
          {"datasourceName", order.output_name},
          {"datasourceDescription", ""},
          {"serverUrl", fmt::format("https://{}/#/site/{}", order.source.server, order.source.site)}};
}

Json connection(const FlowOrder& order, const Ids& ids) {
  Json attributes;
  if (order.input == FlowInput::published) {
    attributes = {{"server", "https://" + order.source.server},
                  {"port", "443"},
                  {"siteUrlName", order.source.site},
                  {"channel", "https"},
                  {"class", "sqlproxy"},
                  {"directory", "/dataserver"}};
  } else if (order.input == FlowInput::database) {
    attributes = {{"server", "orders-db.example.com"},
                  {"port", "5432"},
                  {"dbname", "shop"},
                  {"class", "postgres"},
                  {"username", "reader"},
                  {"authentication", "username-password"}};
  } else {
    attributes = {{"class", "textscan"}, {"directory", ""}, {"filename", csv_name(order)}};
  }
  const bool file = order.input == FlowInput::csv;
  return {{"connectionType", file ? ".v1.FileConnection" : ".v1.SqlConnection"},
          {"id", ids.connection},
          {"name", file ? csv_name(order) : attributes["server"].get<std::string>()},
          {"isPackaged", file},
          {"connectionAttributes", attributes}};
}

Json flow_of(const FlowOrder& order, const Ids& ids) {
  Json flow = {{"parameters", {{"parameters", Json::object()}}},
               {"initialNodes", Json::array({ids.input})},
               {"nodes",
                {{ids.input, input_node(order, ids)},
                 {ids.clean, clean_node(order, ids)},
                 {ids.output, output_node(order, ids)}}},
               {"connections", {{ids.connection, connection(order, ids)}}},
               {"dataConnections", Json::object()},
               {"connectionIds", Json::array({ids.connection})},
               {"dataConnectionIds", Json::array()},
               {"nodeProperties", Json::object()},
               {"extensibility", nullptr},
               {"selection", Json::array()},
               {"majorVersion", 1},
               {"minorVersion", 8},
               {"documentId", ids.document},
               {"obfuscatorId", ids.document}};
  if (order.input != FlowInput::published) return flow;
  flow["dataConnectionIds"].push_back(ids.data_connection);
  flow["dataConnections"][ids.data_connection] = {{"connectionType", ".QueryDataConnection"},
                                                  {"id", ids.data_connection},
                                                  {"name", order.source.server},
                                                  {"isPackaged", false},
                                                  {"baseConnectionId", ids.connection},
                                                  {"modifiedConnectionAttributes", published_attributes(order)}};
  return flow;
}

Json display_of(const Ids& ids) {
  Json nodes = Json::object();
  int column = 1;
  for (const auto* id : {&ids.input, &ids.clean, &ids.output}) {
    nodes[*id] = {{"color", {{"hexCss", "#499893"}}}, {"size", 1}, {"position", {{"x", column++}, {"y", 1}}}};
  }
  return {{"majorVersion", 1}, {"minorVersion", 0}, {"flowDisplaySettings", {{"flowNodeDisplaySettings", nodes}}}};
}

Json metadata_of(const FlowOrder& order) {
  const Json version = {{"year", 2019}, {"quarter", 3}, {"versionString", "2019.3.1"}};
  Json features = Json::array();
  for (const std::string_view type : {input_type(order.input), std::string_view(".v2018_2_3.SuperTransform"),
                                      std::string_view(".v1.PublishExtract")}) {
    features.push_back({{"id", fmt::format("node{}", type)},
                        {"notSupportedMessages", Json::array()},
                        {"firstSoftwareVersionSupportedIn", version},
                        {"minimumCompatibleSoftwareVersion", version}});
  }
  return {{"majorVersion", 1}, {"minorVersion", 0}, {"documentFeaturesUsedInDocument", features}};
}

}  // namespace

FlowDocuments flow_documents(const FlowOrder& order) {
  const Ids ids = ids_of(order);
  return {
      .flow = flow_of(order, ids).dump(2),
      .display_settings = display_of(ids).dump(2),
      .maestro_metadata = metadata_of(order).dump(2),
      .data_entry = order.input == FlowInput::csv ? fmt::format("Data/{}/{}", ids.connection, csv_name(order)) : ""};
}

}  // namespace tabferry::sim::make
