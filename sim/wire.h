// One value, two languages: what the site says and hears as XML or as JSON.
//
// The XML follows the official schema (namespace http://tableau.com/api). The JSON mirrors it as real servers do:
// attributes and children become keys; numbers are strings, flags are true and false; a list keeps its wrapper and
// holds an array ({"projects": {"project": [...]}}, {"projects": {}} where it is empty); an element of text and
// attributes holds its text under "value", one of text alone is a string.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/refusal.h"

namespace tabferry::sim {

struct Node {
  struct Attribute {
    std::string name;
    std::string value;
    bool is_flag = false;   // true or false without quotes in JSON
  };

  explicit Node(std::string_view node_name) : name(node_name) {}

  // Building; each returns this node.
  Node& with(std::string_view attribute, std::string_view value);
  Node& with_number(std::string_view attribute, uint64_t value);
  Node& with_flag(std::string_view attribute, bool value);
  Node& holding(std::string_view content);
  Node& holding_literal(std::string_view content);   // a number or a flag, without quotes in JSON
  Node& add(Node child);
  Node& as_list();   // its children are the items of one list

  // Reading.
  std::optional<std::string> attribute(std::string_view wanted) const;
  const Node* child(std::string_view wanted) const;   // the first one; null where there is none

  std::string name;
  std::vector<Attribute> attributes;
  std::vector<Node> children;
  std::string text;
  bool is_literal = false;   // the text
  bool is_list = false;
};

// What one answer holds: an element, or a pagination and a list.
using Payload = std::vector<Node>;

enum class Language { xml, json };

std::string_view content_type_of(Language language);
std::string rendered(const Payload& payload, Language language);
Payload payload_of(const Refusal& refusal);

// The one child of a tsRequest, which must be `wanted`; namespaces do not matter (a real server strips them, clients
// send none). Refuses with 400000 what is malformed, of another name, or missing.
Node parse_request(std::string_view body, Language language, std::string_view wanted);
// Refuses with 400000 an attribute or child that is not listed, as the real server does.
void expect_only(const Node& node, std::initializer_list<std::string_view> attributes,
                 std::initializer_list<std::string_view> children);

}  // namespace tabferry::sim
