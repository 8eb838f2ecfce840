#include "doc/xml.h"

#include <algorithm>

#include <sstream>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::doc {
namespace {

constexpr size_t kMaxBytes = size_t{64} << 20;
constexpr int kMaxDepth = 200;

std::string_view without_prefix(std::string_view name) {
  const auto colon = name.find(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

int depth_of(pugi::xml_node root) {
  struct Walker : pugi::xml_tree_walker {
    int deepest = 0;
    bool for_each(pugi::xml_node&) override {
      deepest = std::max(deepest, depth());
      return deepest <= kMaxDepth;
    }
  } walker;
  root.traverse(walker);
  return walker.deepest;
}

// The length of the character at the front; 0 where the bytes are none.
size_t character_length(std::string_view text) {
  for (size_t length = 1; length <= std::min<size_t>(4, text.size()); ++length)
    if (base::is_utf8(text.substr(0, length))) return length;
  return 0;
}

// XML 1.0 cannot carry control characters but tab, line feed and return, nor U+FFFE and U+FFFF, not even escaped.
bool is_carriable(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) return first >= 0x20 || first == '\t' || first == '\n' || first == '\r';
  return character != "\xEF\xBF\xBE" && character != "\xEF\xBF\xBF";
}

// Without what XML cannot carry; bytes that are no UTF-8 become U+FFFD.
std::string carriable(std::string_view text) {
  const auto is_plain = [](char c) { return c >= 0x20 && c < 0x7F; };
  if (std::all_of(text.begin(), text.end(), is_plain)) return std::string(text);   // nearly all that is written
  std::string result;
  result.reserve(text.size());
  while (!text.empty()) {
    const size_t length = character_length(text);
    if (length == 0) result += "\uFFFD";
    else if (is_carriable(text.substr(0, length))) result += text.substr(0, length);
    text.remove_prefix(std::max<size_t>(1, length));
  }
  return result;
}

void collect(pugi::xml_node node, std::string_view name, std::vector<Element>& found) {
  for (const auto child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    if (without_prefix(child.name()) == name) found.emplace_back(child);
    collect(child, name, found);
  }
}

}  // namespace

std::string_view Element::name() const { return without_prefix(node_.name()); }

std::optional<std::string> Element::attribute(std::string_view name) const {
  for (const auto attribute : node_.attributes())
    if (name == attribute.name()) return attribute.value();
  return std::nullopt;
}

std::string Element::attribute_or(std::string_view name, std::string_view otherwise) const {
  return attribute(name).value_or(std::string(otherwise));
}

std::vector<std::pair<std::string, std::string>> Element::attributes() const {
  std::vector<std::pair<std::string, std::string>> all;
  for (const auto attribute : node_.attributes()) all.emplace_back(attribute.name(), attribute.value());
  return all;
}

std::string Element::text() const {
  std::string text;
  for (const auto child : node_.children())
    if (child.type() == pugi::node_pcdata || child.type() == pugi::node_cdata) text += child.value();
  return text;
}

Element Element::child(std::string_view name) const {
  for (const auto child : node_.children())
    if (child.type() == pugi::node_element && without_prefix(child.name()) == name) return Element(child);
  return {};
}

std::vector<Element> Element::children() const {
  std::vector<Element> found;
  for (const auto child : node_.children())
    if (child.type() == pugi::node_element) found.emplace_back(child);
  return found;
}

std::vector<Element> Element::children(std::string_view name) const {
  std::vector<Element> found;
  for (const auto& child : children())
    if (child.name() == name) found.push_back(child);
  return found;
}

std::vector<Element> Element::descendants(std::string_view name) const {
  std::vector<Element> found;
  collect(node_, name, found);
  return found;
}

XmlDocument XmlDocument::parse(std::string_view text, std::string_view where) {
  using base::ErrorKind;
  if (text.size() > kMaxBytes)
    base::fail(ErrorKind::corrupt, "{}: an XML document of more than {}", where, base::human_bytes(kMaxBytes));
  if (!base::is_utf8(text)) base::fail(ErrorKind::corrupt, "{}: not UTF-8", where);
  XmlDocument result;
  result.document_ = std::make_unique<pugi::xml_document>();
  const auto flags = pugi::parse_default | pugi::parse_doctype | pugi::parse_ws_pcdata_single;
  const auto outcome = result.document_->load_buffer(text.data(), text.size(), flags, pugi::encoding_utf8);
  if (!outcome) base::fail(ErrorKind::corrupt, "{}: at byte {}: not well-formed XML ({})", where, outcome.offset, outcome.description());
  for (const auto node : result.document_->children())
    if (node.type() == pugi::node_doctype) base::fail(ErrorKind::corrupt, "{}: a DOCTYPE is not accepted", where);
  if (!result.document_->document_element()) base::fail(ErrorKind::corrupt, "{}: there is no XML element in it", where);
  if (depth_of(*result.document_) > kMaxDepth) base::fail(ErrorKind::corrupt, "{}: XML nested deeper than {}", where, kMaxDepth);
  return result;
}

Element XmlDocument::root() const { return Element(document_->document_element()); }

XmlWriter::XmlWriter(std::string_view root_name) : document_(std::make_unique<pugi::xml_document>()) {
  at_ = document_->append_child(std::string(root_name).c_str());
}

XmlWriter& XmlWriter::open(std::string_view name) {
  at_ = at_.append_child(std::string(name).c_str());
  return *this;
}

XmlWriter& XmlWriter::close() {
  at_ = at_.parent();
  return *this;
}

XmlWriter& XmlWriter::attribute(std::string_view name, std::string_view value) {
  at_.append_attribute(std::string(name).c_str()).set_value(carriable(value).c_str());
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view text) {
  at_.append_child(pugi::node_pcdata).set_value(carriable(text).c_str());
  return *this;
}

std::string XmlWriter::str() const {
  std::ostringstream out;
  out << R"(<?xml version="1.0" encoding="UTF-8"?>)";
  document_->print(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

}  // namespace tabferry::doc
