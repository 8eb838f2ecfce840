// XML in and out. Foreign XML is hostile: no DTD, no external entities, bounded size and depth.
#pragma once

#include <memory>
#include <optional>
#include <pugixml.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace tabferry::doc {

// An element of a document; valid as long as its XmlDocument lives. Names are matched without their prefix
// ("t:site" is "site"), as every schema we read has one namespace. All members are const; threads may share a document.
class Element {
 public:
  Element() = default;
  explicit Element(pugi::xml_node node) : node_(node) {}

  explicit operator bool() const { return static_cast<bool>(node_); }
  std::string_view name() const;                                    // without prefix
  std::optional<std::string> attribute(std::string_view name) const;
  std::string attribute_or(std::string_view name, std::string_view otherwise) const;
  std::vector<std::pair<std::string, std::string>> attributes() const;
  std::string text() const;                                         // of this element, children's not included
  Element child(std::string_view name) const;                       // the first one, else an empty Element
  std::vector<Element> children() const;
  std::vector<Element> children(std::string_view name) const;
  std::vector<Element> descendants(std::string_view name) const;    // in document order, this one not included

 private:
  pugi::xml_node node_;
};

class XmlDocument {
 public:
  // Parses UTF-8 (a BOM is allowed). `where` names it in errors: Error{corrupt} "WHERE: at byte 120: ...".
  // Refused: a DOCTYPE, more than 64 MiB, elements nested deeper than 200, another encoding.
  static XmlDocument parse(std::string_view text, std::string_view where);

  Element root() const;

 private:
  std::unique_ptr<pugi::xml_document> document_;
};

// A small XML document being written. Attribute values and text are escaped; characters that XML 1.0 cannot carry are
// dropped, bytes that are no UTF-8 become U+FFFD.
class XmlWriter {
 public:
  explicit XmlWriter(std::string_view root_name);
  // Adds a child to the innermost open element and opens it; close() closes the innermost one.
  XmlWriter& open(std::string_view name);
  XmlWriter& close();
  XmlWriter& attribute(std::string_view name, std::string_view value);   // of the innermost open element
  XmlWriter& text(std::string_view text);
  // The document with its declaration (`<?xml version="1.0" encoding="UTF-8"?>`), on one line.
  std::string str() const;

 private:
  std::unique_ptr<pugi::xml_document> document_;
  pugi::xml_node at_;
};

}  // namespace tabferry::doc
