#include "sim/core/wire.h"

#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "doc/xml.h"

namespace tabferry::sim {
namespace {

void write_xml(doc::XmlWriter& out, const Node& node) {
  out.open(node.name);
  for (const auto& attribute : node.attributes) out.attribute(attribute.name, attribute.value);
  if (!node.text.empty()) out.text(node.text);
  for (const auto& child : node.children) write_xml(out, child);
  out.close();
}

std::string xml_of(const Payload& payload, int api) {
  doc::XmlWriter out("tsResponse");
  out.attribute("xmlns", "http://tableau.com/api");
  out.attribute("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  out.attribute("xsi:schemaLocation",
                fmt::format("http://tableau.com/api https://help.tableau.com/samples/en-us/rest_api/ts-api_{}_{}.xsd",
                            api / 100, api % 100));
  for (const auto& node : payload) write_xml(out, node);
  return out.str();
}

doc::Json json_of(const Node& node) {
  if (node.is_literal) return doc::parse_json(node.text, node.name);
  const bool has_text = node.is_text || !node.text.empty();
  if (has_text && node.attributes.empty() && node.children.empty()) return node.text;
  doc::Json value = doc::Json::object();
  if (!node.text.empty()) value["value"] = node.text;
  for (const auto& attribute : node.attributes) {
    if (attribute.is_flag)
      value[attribute.name] = attribute.value == "true";
    else
      value[attribute.name] = attribute.value;
  }
  for (const auto& child : node.children) {
    if (node.is_list || child.is_repeated)
      value[child.name].push_back(json_of(child));
    else
      value[child.name] = json_of(child);
  }
  return value;
}

Node node_of(const doc::Element& element) {
  Node node(element.name());
  for (const auto& [name, value] : element.attributes())
    if (name != "xmlns" && !name.starts_with("xmlns:") && !name.starts_with("xsi:")) node.with(name, value);
  node.text = base::trim(element.text());
  for (const auto& child : element.children()) node.add(node_of(child));
  return node;
}

void add_json(Node& parent, const std::string& name, const doc::Json& value) {
  if (value.is_array()) {
    for (const auto& item : value) add_json(parent, name, item);
  } else if (value.is_object()) {
    Node child(name);
    for (const auto& [key, inner] : value.items()) add_json(child, key, inner);
    parent.add(std::move(child));
  } else if (!value.is_null()) {
    parent.with(name, value.is_string() ? value.get<std::string>() : value.dump());
  }
}

Node tree_of(std::string_view body, Language language) {
  try {
    if (language == Language::xml) return node_of(doc::XmlDocument::parse(body, "the request").root());
    Node root("tsRequest");
    const auto value = doc::parse_json(body, "the request");
    if (!value.is_object()) refuse(400000, "The request is not a JSON object.");
    for (const auto& [key, inner] : value.items()) add_json(root, key, inner);
    return root;
  } catch (const Refusal&) {
    throw;
  } catch (const base::Error& error) {
    refuse(400000, "Payload is either malformed or incomplete. {}", error.what());
  }
}

bool holds(std::initializer_list<std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace

std::string_view content_type_of(Language language) {
  return language == Language::xml ? "application/xml;charset=UTF-8" : "application/json;charset=UTF-8";
}

std::string rendered(const Payload& payload, Language language, int api) {
  if (language == Language::xml) return xml_of(payload, api);
  doc::Json value = doc::Json::object();
  for (const auto& node : payload) value[node.name] = json_of(node);
  return doc::to_line(value);
}

Payload payload_of(const Refusal& refusal) {
  Node error("error");
  error.with_number("code", static_cast<uint64_t>(refusal.code()));
  error.add(Node("summary").holding(refusal.summary())).add(Node("detail").holding(refusal.detail()));
  return {error};
}

Node parse_request_root(std::string_view body, Language language) {
  Node root = tree_of(body, language);
  if (root.name != "tsRequest")
    refuse(400000, "unexpected element (uri:\"\", local:\"{}\"). Expected elements are <{{}}tsRequest>", root.name);
  return root;
}

Node parse_request(std::string_view body, Language language, std::string_view wanted) {
  Node root = parse_request_root(body, language);
  if (root.children.empty()) refuse(400000, "Payload is either malformed or incomplete. Missing element: {}", wanted);
  if (root.children.size() > 1 || root.children[0].name != wanted)
    refuse(400000, "unexpected element (uri:\"\", local:\"{}\"). Expected elements are <{{}}{}>",
           root.children.back().name, wanted);
  return std::move(root.children[0]);
}

void expect_only(const Node& node, std::initializer_list<std::string_view> attributes,
                 std::initializer_list<std::string_view> children) {
  for (const auto& attribute : node.attributes)
    if (!holds(attributes, attribute.name))
      refuse(400000, "Attribute '{}' is not allowed to appear in element '{}'.", attribute.name, node.name);
  for (const auto& child : node.children)
    if (!holds(children, child.name))
      refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in '{}'.", child.name, node.name);
}

const Node& needed_child(const Node& node, std::string_view name) {
  const Node* child = node.child(name);
  if (child == nullptr) refuse(400000, "Payload is either malformed or incomplete. Missing element: {}", name);
  return *child;
}

std::string needed_text(const Node& node, std::string_view attribute) {
  std::string text = node.attribute_or(attribute, "");
  if (base::trim(text).empty())
    refuse(400000, "Payload is either malformed or incomplete. Missing attribute: {}", attribute);
  return text;
}

bool flag_of(std::string_view value, std::string_view name, int code) {
  const bool is_true = base::equal_ignoring_case(value, "true");
  if (!is_true && !base::equal_ignoring_case(value, "false"))
    refuse(code, "The value '{}' of {} is neither true nor false.", value, name);
  return is_true;
}

std::optional<bool> asked_flag(const Node& node, std::string_view attribute, int code) {
  const auto value = node.attribute(attribute);
  return value ? std::optional(flag_of(*value, attribute, code)) : std::nullopt;
}

}  // namespace tabferry::sim
