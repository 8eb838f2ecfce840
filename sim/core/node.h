// An element of a document as the REST API speaks it: attributes, children, perhaps text. The wire form of everything.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tabferry::sim {

struct Node {
  struct Attribute {
    std::string name;
    std::string value;
    bool is_flag = false;  // true or false without quotes in JSON
  };

  Node() = default;
  explicit Node(std::string_view node_name) : name(node_name) {}

  // Building; each returns this node.
  Node& with(std::string_view attribute, std::string_view value);
  Node& with_number(std::string_view attribute, uint64_t value);
  Node& with_flag(std::string_view attribute, bool value);
  Node& holding(std::string_view content);
  Node& holding_literal(std::string_view content);  // a number or a flag, without quotes in JSON
  Node& add(Node child);
  Node& as_list();      // its children are the items of one list
  Node& as_repeated();  // one of several of its name: in JSON they are in an array

  // Reading.
  std::optional<std::string> attribute(std::string_view wanted) const;
  std::string attribute_or(std::string_view wanted, std::string_view otherwise) const;
  const Node* child(std::string_view wanted) const;  // the first one; null where there is none

  std::string name;
  std::vector<Attribute> attributes;
  std::vector<Node> children;
  std::string text;
  bool is_literal = false;  // the text
  bool is_text = false;     // even where it is empty: "" in JSON, not {}
  bool is_list = false;
  bool is_repeated = false;
};

// What one answer holds: an element, or a pagination and a list.
using Payload = std::vector<Node>;

}  // namespace tabferry::sim
