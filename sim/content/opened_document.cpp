// Tableau's own documents. Facts: the official document schema (twb_2026.1.0.xsd) for sheets and data sources; files
// that Tableau Desktop wrote for what stands inside <connection>.
#include <algorithm>
#include <map>

#include "base/error.h"
#include "base/text.h"
#include "package/plain_xml.h"
#include "sim/content/opened.h"

namespace tabferry::sim {
namespace {

using doc::Element;
using package::plain_attribute;
using package::plain_child;
using package::plain_children;

std::string first_of(const Element& element, std::initializer_list<std::string_view> names) {
  for (const auto name : names)
    if (std::string value = plain_attribute(element, name); !value.empty()) return value;
  return {};
}

OpenedConnection connection_of(const Element& connection, const std::string& datasource) {
  OpenedConnection found{.type = plain_attribute(connection, "class"),
                         .server = plain_attribute(connection, "server"),
                         .port = plain_attribute(connection, "port"),
                         .user = plain_attribute(connection, "username"),
                         .database = plain_attribute(connection, "dbname"),
                         .datasource = datasource,
                         .content_url = {},
                         .authentication = plain_attribute(connection, "authentication")};
  if (found.type == "sqlproxy") found.content_url = found.database;
  if (found.port.find_first_not_of("0123456789") != std::string::npos) found.port.clear();
  return found;
}

void read_connections(const Element& datasource, Opened& content) {
  const std::string name = first_of(datasource, {"caption", "formatted-name", "name"});
  const Element connection = plain_child(datasource, "connection");
  if (!connection) return;
  const Element named = plain_child(connection, "named-connections");
  if (!named) {
    if (!plain_attribute(connection, "class").empty()) content.connections.push_back(connection_of(connection, name));
    return;
  }
  for (const auto& one : plain_children(named, "named-connection"))
    if (const Element leaf = plain_child(one, "connection")) content.connections.push_back(connection_of(leaf, name));
}

void read_datasource(const Element& datasource, Opened& content) {
  read_connections(datasource, content);
  const Element extract = plain_child(datasource, "extract");
  if (extract && plain_attribute(extract, "enabled") == "true") content.has_extracts = true;
}

// The windows stand in the order of the tabs, as far as a sheet has one; the others come behind, as the document has
// them.
std::map<std::string, std::pair<size_t, bool>> windows_of(const Element& workbook) {
  std::map<std::string, std::pair<size_t, bool>> windows;
  for (const auto& window : plain_children(plain_child(workbook, "windows"), "window"))
    windows.try_emplace(plain_attribute(window, "name"), windows.size(), plain_attribute(window, "hidden") == "true");
  return windows;
}

void read_views(const Element& workbook, Opened& content) {
  const auto windows = windows_of(workbook);
  std::vector<std::pair<size_t, OpenedView>> views;
  const auto add = [&](const Element& sheet, std::string_view sheet_type) {
    std::string name = plain_attribute(sheet, "name");
    const auto window = windows.find(name);
    const bool known = window != windows.end();
    views.emplace_back(known ? window->second.first : windows.size() + views.size(),
                       OpenedView{std::move(name), sheet_type, known && window->second.second});
  };
  for (const auto& sheet : plain_children(plain_child(workbook, "worksheets"), "worksheet")) add(sheet, "worksheet");
  for (const auto& sheet : plain_children(plain_child(workbook, "dashboards"), "dashboard"))
    add(sheet, plain_attribute(sheet, "type") == "storyboard" ? "story" : "dashboard");
  std::stable_sort(views.begin(), views.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  for (auto& [place, view] : views) content.views.push_back(std::move(view));
}

}  // namespace

Opened read_tableau_document(std::string_view xml, Kind kind) {
  const auto document = doc::XmlDocument::parse(xml, "the document");
  const Element root = document.root();
  const std::string_view wanted = kind == Kind::workbook ? "workbook" : "datasource";
  if (root.name() != wanted) base::fail(base::ErrorKind::corrupt, "its root is no <{}>", wanted);
  Opened content;
  if (kind == Kind::datasource) {
    read_datasource(root, content);
    return content;
  }
  for (const auto& datasource : plain_children(plain_child(root, "datasources"), "datasource"))
    read_datasource(datasource, content);
  read_views(root, content);
  return content;
}

}  // namespace tabferry::sim
