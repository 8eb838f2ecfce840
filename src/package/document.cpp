#include "package/document.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "doc/xml.h"
#include "package/connection.h"
#include "package/plain_xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

constexpr std::string_view kCure = "Save it again from Tableau Desktop";

void check_encoding(std::string_view xml, const std::string& where) {
  const bool utf16 = xml.starts_with("\xFF\xFE") || xml.starts_with("\xFE\xFF") ||
                     xml.substr(0, 4).find('\0') != std::string_view::npos;
  if (utf16) base::fail(ErrorKind::corrupt, "{}: it is UTF-16 text; Tableau writes UTF-8. {}", where, kCure);
  if (!base::is_utf8(xml)) base::fail(ErrorKind::corrupt, "{}: it is not UTF-8 text. {}", where, kCure);
}

std::vector<std::string> names_of(const doc::Element& datasource, const std::string& where) {
  std::vector<std::string> names;
  for (const auto attribute : {"caption", "formatted-name", "name"})
    if (auto name = plain_attribute(datasource, attribute);
        !name.empty() && std::ranges::find(names, name) == names.end())
      names.push_back(std::move(name));
  if (names.empty()) names.push_back(where);
  return names;
}

// True where the data source shows its extract instead of the connection it was made from.
bool read_extracts(const doc::Element& datasource, const std::vector<std::string>& names, Reading& reading) {
  bool shown = false;
  for (const auto& extract : plain_children(datasource, "extract")) {
    const auto connection = plain_child(extract, "connection");
    if (!connection) continue;
    read_connection(connection, names, false, reading);
    if (plain_attribute(extract, "enabled") != "false") shown = true;
    else reading.notes.push_back(fmt::format("{} has an extract but does not use it (it is set to a live connection)",
                                             base::quoted(names.front())));
  }
  return shown;
}

void read_datasource(const doc::Element& datasource, const std::string& where, Reading& reading) {
  const auto names = names_of(datasource, where);
  const bool extract_shown = read_extracts(datasource, names, reading);
  for (const auto& connection : plain_children(datasource, "connection"))
    read_connection(connection, names, extract_shown, reading);
}

}  // namespace

Reading read_document(std::string_view xml, const std::string& where) {
  check_encoding(xml, where);
  const auto document = doc::XmlDocument::parse(xml, where);
  const auto root = document.root();
  Reading reading;
  if (root.name() == "datasource") {
    read_datasource(root, where, reading);
  } else if (root.name() == "workbook") {
    for (const auto& list : plain_children(root, "datasources"))
      for (const auto& datasource : plain_children(list, "datasource")) read_datasource(datasource, where, reading);
  } else {
    base::fail(ErrorKind::corrupt, "{}: its outermost element is {}; a Tableau document has datasource or workbook "
               "there. {}",
               where, base::quoted(root.name()), kCure);
  }
  return reading;
}

std::vector<std::string> bracketed_parts(std::string_view text) {
  std::vector<std::string> parts;
  size_t at = 0;
  while (at < text.size() && text[at] == '[') {
    std::string part;
    for (++at; at < text.size() && !(text[at] == ']' && !text.substr(at).starts_with("]]")); ++at) {
      if (text[at] == ']') ++at;   // "]]"
      part += text[at];
    }
    if (at == text.size()) return {std::string(text)};   // never closed
    parts.push_back(std::move(part));
    if (++at < text.size() && text[at] == '.') ++at;
    else if (at < text.size()) return {std::string(text)};
  }
  if (parts.empty() || at < text.size()) return {std::string(text)};
  return parts;
}

}  // namespace tabferry::package
