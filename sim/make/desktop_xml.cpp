#include "sim/make/desktop_xml.h"

namespace tabferry::sim::make {
namespace {

// Line ends and tabs in a value would be read as spaces (XML 1.0 section 3.3.3), so they go as references.
std::string_view escape_of(char byte) {
  switch (byte) {
    case '&':
      return "&amp;";
    case '<':
      return "&lt;";
    case '>':
      return "&gt;";
    case '\'':
      return "&apos;";
    case '"':
      return "&quot;";
    case '\n':
      return "&#10;";
    case '\r':
      return "&#13;";
    case '\t':
      return "&#9;";
    default:
      return {};
  }
}

void add_escaped(std::string& xml, std::string_view value) {
  for (const char byte : value) {
    const std::string_view escape = escape_of(byte);
    if (!escape.empty()) {
      xml += escape;
    } else if (static_cast<unsigned char>(byte) >= 0x20) {
      xml += byte;
    }
  }
}

}  // namespace

DesktopXml::DesktopXml()
    : xml_(
          "<?xml version='1.0' encoding='utf-8' ?>\r\n\r\n<!-- build 20243.25.0114.1153                               "
          "-->\r\n") {}

void DesktopXml::begin(std::string_view name, Attributes attributes) {
  xml_.append(2 * open_.size(), ' ');
  xml_.append("<").append(name);
  for (const auto& [key, value] : attributes) {
    xml_.append(" ").append(key).append("='");
    add_escaped(xml_, value);
    xml_ += '\'';
  }
}

DesktopXml& DesktopXml::open(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  xml_ += ">\r\n";
  open_.emplace_back(name);
  return *this;
}

DesktopXml& DesktopXml::close() {
  const std::string name = open_.back();
  open_.pop_back();
  xml_.append(2 * open_.size(), ' ').append("</").append(name).append(">\r\n");
  return *this;
}

DesktopXml& DesktopXml::empty(std::string_view name, Attributes attributes) {
  begin(name, attributes);
  xml_ += " />\r\n";
  return *this;
}

DesktopXml& DesktopXml::text(std::string_view name, std::string_view text, Attributes attributes) {
  begin(name, attributes);
  xml_ += '>';
  add_escaped(xml_, text);
  xml_.append("</").append(name).append(">\r\n");
  return *this;
}

}  // namespace tabferry::sim::make
