#include "sim/make/bodies.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doc/json.h"
#include "io/file.h"
#include "sim/make/desktop_xml.h"
#include "sim/make/dice.h"
#include "sim/make/documents.h"
#include "sim/make/flows.h"
#include "sim/make/names.h"
#include "sim/make/packages.h"

namespace tabferry::sim::make {
namespace {

constexpr uint64_t kCsvRows = 200;

// What the sources of a workbook connect to, by turns.
const std::vector<Connects>& sources_of_workbook(uint64_t number) {
  using enum Connects;
  static const std::array<std::vector<Connects>, 6> all = {{{published},
                                                            {extract_of_live},
                                                            {live},
                                                            {published, direct_extract},
                                                            {extract_of_live, live},
                                                            {published, live}}};
  return all[number % all.size()];
}

constexpr std::array kDatasourceConnects = {Connects::extract_of_live, Connects::live, Connects::direct_extract};
constexpr std::array kFlowInputs = {FlowInput::published, FlowInput::database, FlowInput::csv};

std::string extract_entry(size_t number, size_t shape) {
  return fmt::format("Data/Extracts/{}{}.hyper", shapes()[shape].caption,
                     number == 0 ? "" : fmt::format(" {}", number));
}

// RFC 4648 section 5, with padding: how a custom view's XML stands in its JSON.
std::string base64url(std::string_view bytes) {
  constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  std::string text;
  for (size_t at = 0; at < bytes.size(); at += 3) {
    const size_t left = std::min<size_t>(3, bytes.size() - at);
    uint32_t group = 0;
    for (size_t i = 0; i < 3; ++i) group = group << 8 | (i < left ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    for (size_t i = 0; i < 4; ++i) text += i <= left ? kLetters[group >> (18 - 6 * i) & 0x3F] : '=';
  }
  return text;
}

}  // namespace

Bodies::Bodies(const SiteOrder& order, std::filesystem::path folder) : order_(order), folder_(std::move(folder)) {
  if (order.engine.empty()) return;
  extracts_home_.emplace(base::default_temp_parent());
  extracts_ = make_extracts(order.engine, extracts_home_->path(), order.seed, {});
}

// There is no other way to an extract than the engine.
Connects Bodies::possible(Connects wanted) const {
  const bool extract = wanted == Connects::extract_of_live || wanted == Connects::direct_extract;
  return extract && extracts_.empty() ? Connects::live : wanted;
}

void Bodies::write_text(const std::string& file, const std::string& text) const {
  io::FileSink sink(folder_ / file, {.mode = 0600});
  sink.write(text);
  sink.commit();
}

// A bare document where nothing goes with it and no size was asked for, else a package.
Body Bodies::written(Body body, const std::string& stem, const std::string& name, const std::string& document) const {
  const std::string plain = body.file_type;
  PackageOrder package{.texts = {{.entry = file_name_of(name) + "." + plain, .bytes = document}},
                       .size_bytes = order_.body_bytes,
                       .seed = Dice(order_.seed, stem).next()};
  for (const auto& source : body.sources)
    if (source.has_extract()) package.files.push_back({source.extract_entry, extracts_[source.shape].file});
  const bool bare = package.files.empty() && order_.body_bytes == 0;
  body.file_type = bare ? plain : plain + "x";
  body.file = stem + "." + body.file_type;
  if (bare) write_text(body.file, document);
  body.size_bytes = bare ? document.size() : write_package(folder_ / body.file, package);
  return body;
}

Body Bodies::datasource(uint64_t number, const Place& place, const std::string& name) const {
  SourceOrder source{.name = name,
                     .connects = possible(kDatasourceConnects[number % kDatasourceConnects.size()]),
                     .shape = number % shapes().size(),
                     .place = place,
                     .seed = Dice(order_.seed, "data source body", number).next()};
  source.extract_entry = extract_entry(0, source.shape);
  Body body{.file_type = "tds", .sources = {source}};
  return written(std::move(body), fmt::format("datasource-{}", number), name, datasource_document(source));
}

std::vector<std::string> Bodies::sheets(uint64_t number) {
  std::vector<std::string> names;
  for (uint64_t at = 0; at < 1 + number % 4; ++at) names.push_back(name_of(Named::sheet, number * 4 + at));
  return names;
}

std::vector<std::string> Bodies::dashboards(uint64_t number) {
  std::vector<std::string> names;
  for (uint64_t at = 0; at < number % 3; ++at) names.push_back(name_of(Named::dashboard, number * 2 + at));
  return names;
}

Body Bodies::workbook(uint64_t number, const Place& place, const std::string& name,
                      const std::vector<PublishedSource>& sources) const {
  WorkbookOrder workbook{.place = place,
                         .sheets = sheets(number),
                         .dashboards = dashboards(number),
                         .parameters = number % 2 == 1,
                         .seed = Dice(order_.seed, "workbook body", number).next()};
  for (const Connects wanted : sources_of_workbook(number)) {
    const bool published = wanted == Connects::published && !sources.empty();
    const size_t at = workbook.sources.size(), shape = (number + at) % shapes().size();
    SourceOrder source{.name = shapes()[shape].caption,
                       .connects = possible(wanted),
                       .shape = shape,
                       .extract_entry = extract_entry(at, shape),
                       .seed = workbook.seed + at};
    if (wanted == Connects::published && !published) source.connects = Connects::live;
    if (published) {
      const PublishedSource& read = sources[number % sources.size()];
      source.name = read.name;
      source.place = {.site = place.site, .content_url = read.content_url};
    }
    workbook.sources.push_back(std::move(source));
  }
  Body body{
      .file_type = "twb", .sources = workbook.sources, .sheets = workbook.sheets, .dashboards = workbook.dashboards};
  return written(std::move(body), fmt::format("workbook-{}", number), name, workbook_document(workbook));
}

Body Bodies::flow(uint64_t number, const std::string& site, const std::string& name,
                  const std::vector<PublishedSource>& sources) const {
  const FlowInput wanted = kFlowInputs[number % kFlowInputs.size()];
  FlowOrder flow{.name = name,
                 .input = sources.empty() ? FlowInput::database : wanted,
                 .shape = number % shapes().size(),
                 .source = {.site = site},
                 .project_name = "default",
                 .output_name = name + " (output)",
                 .seed = Dice(order_.seed, "flow body", number).next()};
  if (!sources.empty()) {
    const PublishedSource& read = sources[number % sources.size()];
    flow.source.content_url = read.content_url;
    flow.source_name = read.name;
    flow.project_id = read.project_id;
    flow.project_name = read.project_name;
  }
  const FlowDocuments documents = flow_documents(flow);
  PackageOrder package{.texts = {{"flow", documents.flow},
                                 {"displaySettings", documents.display_settings},
                                 {"maestroMetadata", documents.maestro_metadata}},
                       .size_bytes = order_.body_bytes,
                       .seed = flow.seed};
  if (!documents.data_entry.empty())
    package.texts.push_back({documents.data_entry, csv_rows(shapes()[flow.shape], flow.seed, kCsvRows)});
  Body body{.file_type = documents.data_entry.empty() ? "tfl" : "tflx"};
  body.file = fmt::format("flow-{}.{}", number, body.file_type);
  body.size_bytes = write_package(folder_ / body.file, package);
  return body;
}

Body Bodies::custom_view(uint64_t number, const std::string& view) const {
  DesktopXml xml;
  xml.open("customized-view", {{"name", view}, {"source-build", "2024.3.2 (20243.25.0114.1153)"}, {"version", "18.1"}});
  xml.open("worksheet", {{"name", view}}).open("selection-collection").close().close();
  xml.empty("simple-id", {{"uuid", "{" + Dice(order_.seed, "custom view body", number).uuid() + "}"}}).close();
  const doc::Json json =
      doc::Json::array({{{"isSourceView", true}, {"viewName", view}, {"tcv", base64url(xml.str())}}});
  Body body{.file = fmt::format("customview-{}.json", number), .file_type = "json"};
  const std::string text = json.dump();
  body.size_bytes = text.size();
  write_text(body.file, text);
  return body;
}

}  // namespace tabferry::sim::make
