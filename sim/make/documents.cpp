#include "sim/make/documents.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "sim/make/dice.h"

namespace tabferry::sim::make {
namespace {

std::string braced_id(const WorkbookOrder& order, std::string_view purpose, size_t number) {
  std::string id = Dice(order.seed, purpose, number).uuid();
  std::transform(id.begin(), id.end(), id.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
  return "{" + id + "}";
}

const SourceOrder& source_of(const WorkbookOrder& order, size_t sheet) {
  return order.sources[sheet % order.sources.size()];
}

void write_parameters(DesktopXml& xml) {
  xml.open("datasource", {{"hasconnection", "false"}, {"inline", "true"}, {"name", "Parameters"}, {"version", "18.1"}})
      .empty("aliases", {{"enabled", "yes"}})
      .open("column", {{"caption", "Top \"N\" & more"},
                       {"datatype", "integer"},
                       {"name", "[Parameter 1]"},
                       {"param-domain-type", "range"},
                       {"role", "measure"},
                       {"type", "quantitative"},
                       {"value", "10"}})
      .empty("calculation", {{"class", "tableau"}, {"formula", "10"}})
      .empty("range", {{"granularity", "1"}, {"max", "100"}, {"min", "1"}})
      .close()
      .close();
}

void write_sources(DesktopXml& xml, const WorkbookOrder& order) {
  xml.open("datasources");
  if (order.parameters) write_parameters(xml);
  for (const auto& source : order.sources) write_source(xml, source, true);
  xml.close();
}

std::string dimension_instance(const Shape& shape) { return "[none:" + shape.first_dimension().column.name + ":nk]"; }
std::string measure_instance(const Shape& shape) { return "[sum:" + shape.first_measure().column.name + ":qk]"; }

void write_dependencies(DesktopXml& xml, const SourceOrder& source) {
  const Shape& shape = shapes()[source.shape];
  xml.open("datasource-dependencies", {{"datasource", source_id(source)}});
  write_column(xml, shape.first_dimension());
  write_column(xml, shape.first_measure());
  xml.empty("column-instance", {{"column", shape.first_dimension().local_name()},
                                {"derivation", "None"},
                                {"name", dimension_instance(shape)},
                                {"pivot", "key"},
                                {"type", "nominal"}})
      .empty("column-instance", {{"column", shape.first_measure().local_name()},
                                 {"derivation", "Sum"},
                                 {"name", measure_instance(shape)},
                                 {"pivot", "key"},
                                 {"type", "quantitative"}})
      .close();
}

void write_view(DesktopXml& xml, const SourceOrder& source) {
  xml.open("view").open("datasources");
  xml.empty("datasource", {{"caption", source.name}, {"name", source_id(source)}}).close();
  write_dependencies(xml, source);
  xml.empty("aggregation", {{"value", "true"}}).close();
}

void write_sheet(DesktopXml& xml, const WorkbookOrder& order, size_t number) {
  const SourceOrder& source = source_of(order, number);
  const Shape& shape = shapes()[source.shape];
  const std::string prefix = "[" + source_id(source) + "].";
  xml.open("worksheet", {{"name", order.sheets[number]}}).open("table");
  write_view(xml, source);
  xml.empty("style").open("panes").open("pane", {{"selection-relaxation-option", "selection-relaxation-allow"}});
  xml.open("view")
      .empty("breakdown", {{"value", "auto"}})
      .close()
      .empty("mark", {{"class", "Automatic"}})
      .close()
      .close();
  xml.text("rows", prefix + dimension_instance(shape)).text("cols", prefix + measure_instance(shape)).close();
  xml.empty("simple-id", {{"uuid", braced_id(order, "sheet", number)}}).close();
}

// The sheets that a dashboard shows: one or two.
std::vector<size_t> shown_by(const WorkbookOrder& order, size_t dashboard) {
  const size_t first = dashboard % order.sheets.size(), second = (dashboard + 1) % order.sheets.size();
  return first == second ? std::vector{first} : std::vector{first, second};
}

void write_dashboard(DesktopXml& xml, const WorkbookOrder& order, size_t number) {
  xml.open("dashboard", {{"name", order.dashboards[number]}}).empty("style");
  xml.empty("size", {{"maxheight", "800"}, {"maxwidth", "1000"}, {"minheight", "800"}, {"minwidth", "1000"}});
  xml.open("zones").open(
      "zone", {{"h", "100000"}, {"id", "2"}, {"type-v2", "layout-basic"}, {"w", "100000"}, {"x", "0"}, {"y", "0"}});
  int zone = 3;
  for (const size_t sheet : shown_by(order, number)) {
    const std::string id = std::to_string(zone), top = std::to_string((zone - 3) * 50'000);
    xml.empty("zone",
              {{"h", "50000"}, {"id", id}, {"name", order.sheets[sheet]}, {"w", "100000"}, {"x", "0"}, {"y", top}});
    ++zone;
  }
  xml.close().close().empty("simple-id", {{"uuid", braced_id(order, "dashboard", number)}}).close();
}

void write_windows(DesktopXml& xml, const WorkbookOrder& order) {
  xml.open("windows", {{"source-height", "30"}});
  for (size_t at = 0; at < order.dashboards.size(); ++at) {
    xml.open("window", {{"class", "dashboard"}, {"name", order.dashboards[at]}}).open("viewpoints");
    for (const size_t sheet : shown_by(order, at)) xml.empty("viewpoint", {{"name", order.sheets[sheet]}});
    xml.close()
        .empty("active", {{"id", "-1"}})
        .empty("simple-id", {{"uuid", braced_id(order, "dashboard window", at)}})
        .close();
  }
  for (size_t at = 0; at < order.sheets.size(); ++at) {
    xml.open("window", {{"class", "worksheet"}, {"name", order.sheets[at]}})
        .open("cards")
        .open("edge", {{"name", "left"}});
    xml.open("strip", {{"size", "160"}}).empty("card", {{"type", "pages"}}).empty("card", {{"type", "marks"}}).close();
    xml.close().close().empty("simple-id", {{"uuid", braced_id(order, "sheet window", at)}}).close();
  }
  xml.close();
}

// Desktop writes it into every workbook; the schema asks for it.
void write_explain_data(DesktopXml& xml) {
  xml.open("explain-data", {{"enabled-for-viewer", "true"}, {"extreme-values-enabled-for-all", "true"}})
      .open("explanation-types");
  for (const char* type : {"number-of-records", "average-of-records", "extreme-values", "null-value"}) {
    xml.empty("explanation-type", {{"enabled", "true"}, {"type", type}});
  }
  xml.close().close();
}

void write_place(DesktopXml& xml, const Place& place) {
  if (place.site.empty()) return;
  const std::string path = fmt::format("/t/{}/workbooks", place.site);
  xml.empty("repository-location",
            {{"id", place.content_url}, {"path", path}, {"revision", "1.0"}, {"site", place.site}});
}

}  // namespace

std::string datasource_document(const SourceOrder& order) {
  DesktopXml xml;
  write_source(xml, order, false);
  return xml.str();
}

std::string workbook_document(const WorkbookOrder& order) {
  DesktopXml xml;
  xml.open("workbook", {{"original-version", "18.1"},
                        {"source-build", "2024.3.2 (20243.25.0114.1153)"},
                        {"source-platform", "win"},
                        {"version", "18.1"},
                        {"xmlns:user", "http://www.tableausoftware.com/xml/user"}});
  write_manifest(xml, true);
  write_place(xml, order.place);
  xml.open("preferences").empty("preference", {{"name", "ui.shelf.height"}, {"value", "26"}}).close();
  write_sources(xml, order);
  xml.open("worksheets");
  for (size_t at = 0; at < order.sheets.size(); ++at) write_sheet(xml, order, at);
  xml.close();
  if (!order.dashboards.empty()) {
    xml.open("dashboards");
    for (size_t at = 0; at < order.dashboards.size(); ++at) write_dashboard(xml, order, at);
    xml.close();
  }
  write_windows(xml, order);
  write_explain_data(xml);
  return xml.close().str();
}

}  // namespace tabferry::sim::make
