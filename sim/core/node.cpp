#include "sim/core/node.h"

namespace tabferry::sim {

Node& Node::with(std::string_view attribute_name, std::string_view value) {
  attributes.push_back({std::string(attribute_name), std::string(value)});
  return *this;
}

Node& Node::with_number(std::string_view attribute_name, uint64_t value) {
  return with(attribute_name, std::to_string(value));
}

Node& Node::with_flag(std::string_view attribute_name, bool value) {
  attributes.push_back({std::string(attribute_name), value ? "true" : "false", true});
  return *this;
}

Node& Node::holding(std::string_view content) {
  text = content;
  is_text = true;
  return *this;
}

Node& Node::holding_literal(std::string_view content) {
  is_literal = true;
  return holding(content);
}

Node& Node::add(Node child) {
  children.push_back(std::move(child));
  return *this;
}

Node& Node::as_list() {
  is_list = true;
  return *this;
}

Node& Node::as_repeated() {
  is_repeated = true;
  return *this;
}

std::optional<std::string> Node::attribute(std::string_view wanted) const {
  for (const auto& attribute : attributes)
    if (attribute.name == wanted) return attribute.value;
  return std::nullopt;
}

std::string Node::attribute_or(std::string_view wanted, std::string_view otherwise) const {
  return attribute(wanted).value_or(std::string(otherwise));
}

const Node* Node::child(std::string_view wanted) const {
  for (const auto& child : children)
    if (child.name == wanted) return &child;
  return nullptr;
}

}  // namespace tabferry::sim
