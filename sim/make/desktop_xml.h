// XML as Tableau Desktop writes it: CRLF, two spaces a level, values in single quotes, a build comment behind the
// declaration. Programs that change a document must keep all of that, so what they are tried on must have it; doc's
// XmlWriter writes one line in double quotes.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tabferry::sim::make {

class DesktopXml {
 public:
  using Attributes = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  DesktopXml();
  // Attributes are written in the order given. What XML 1.0 cannot carry is dropped.
  DesktopXml& open(std::string_view name, Attributes attributes = {});
  DesktopXml& close();
  DesktopXml& empty(std::string_view name, Attributes attributes = {});
  DesktopXml& text(std::string_view name, std::string_view text, Attributes attributes = {});  // <name>text</name>
  // The document. Every element must be closed.
  const std::string& str() const { return xml_; }

 private:
  void begin(std::string_view name, Attributes attributes);

  std::string xml_;
  std::vector<std::string> open_;
};

}  // namespace tabferry::sim::make
