// `datasources:`: what is to be published.
#include <map>

#include "app/settings_reading.h"
#include "base/text.h"

namespace fs = std::filesystem;

namespace tabferry::app {
namespace {

void read_tables(const ConfigNode& datasource, publish::DatasourceSpec& spec, Reading& reading) {
  const auto tables = datasource.need("tables", "{NAME: {files: ..., columns: {...}}}");
  for (const auto& table : tables.entries()) spec.tables.push_back(read_table(table, reading));
  if (spec.tables.empty()) tables.fail("names no table");
}

publish::Packing read_packing(const ConfigNode& node) {
  const std::string word = node.name();
  if (word == "auto") return publish::Packing::automatic;
  if (word == "stored") return publish::Packing::stored;
  if (word == "deflate") return publish::Packing::deflated;
  node.fail("{} is none of stored, deflate and auto", base::quoted(word));
}

publish::DatasourceSpec read_datasource(const ConfigNode& node, Reading& reading) {
  node.expect_only({{"name", "project", "template", "extract", "package", "tables"}, {"relationships", "guard"}});
  publish::DatasourceSpec spec{.key = node.key(), .name = node.key()};
  if (const auto name = node.find("name")) reading.origins.set(*name, spec.name = name->name());
  else if (has_control_characters(spec.name))
    node.fail("the key is the name of the data source, and has a control character in it");
  else reading.origins.by_default(node, "name", spec.name);
  const auto project = node.need("project",
      "the project on the site: its full path, such as Finance/Daily, or a name that only one project has");
  reading.origins.set(project, spec.project = project.name());
  if (const auto file = node.find("template")) {
    spec.template_file = read_template(*file, reading);
    reading.origins.set(*file, spec.template_file.string());
  }
  if (const auto extract = node.find("extract")) reading.origins.set(*extract, spec.extract = extract->name());
  if (const auto package = node.find("package")) {
    spec.packing = read_packing(*package);
    reading.origins.set(*package, package->name());
  } else {
    reading.origins.by_default(node, "package", "auto");
  }
  read_tables(node, spec, reading);
  return spec;
}

}  // namespace

fs::path read_template(const ConfigNode& node, Reading& reading) {
  const fs::path file = reading.locations.local_file(node);
  if (!base::equal_ignoring_case(file.extension().string(), ".tdsx") &&
      !base::equal_ignoring_case(file.filename().string(), ".tdsx"))
    node.fail("{} is no .tdsx; a template is a packaged data source (Tableau Desktop: Data > NAME > Add to Saved Data "
        "Sources, as .tdsx)", base::quoted(node.text()));
  return file;
}

void read_datasources(const ConfigNode& datasources, Reading& reading) {
  std::map<std::pair<std::string, std::string>, std::string> targets;   // project and name -> where
  for (const auto& node : datasources.entries()) {
    auto spec = read_datasource(node, reading);
    const auto [twin, is_new] = targets.emplace(std::pair(base::lower(spec.project), base::lower(spec.name)),
        node.place());
    if (!is_new)
      node.fail("would replace what {} publishes: both are called {} in the project {}; give one another name",
          twin->second, base::quoted(spec.name), base::quoted(spec.project));
    reading.settings.datasources.push_back(std::move(spec));
  }
  if (reading.settings.datasources.empty()) datasources.fail("names no data source");
}

}  // namespace tabferry::app
