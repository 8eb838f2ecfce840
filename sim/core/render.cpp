#include "sim/core/render.h"

#include "base/text.h"
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

bool is_shown(Shown shown, Detail detail) {
  return shown == Shown::always || detail == Detail::single || (shown == Shown::in_full && detail == Detail::full);
}

void add_attribute(Node& node, const FieldRule& rule, const Item& item) {
  const std::string& value = item.get(rule.name);
  if (rule.shape == Shape::flag)
    node.with_flag(rule.name, value == "true");
  else
    node.with(rule.name, value);
}

void add_child(Node& node, const ChildRule& rule, const Site& site, const Item& item) {
  if (!rule.attributes.empty()) {
    if (const std::string& id = item.get(rule.element); !id.empty())
      node.add(reference(site, rule.kind, rule.element, id, rule.attributes));
  } else if (const Node* part = item.part(rule.element)) {
    node.add(*part);
  } else if (rule.is_always_there) {
    node.add(Node(rule.element).as_list());
  }
}

}  // namespace

WantedFields::WantedFields(const Call& call) {
  const auto asked = call.query_value("fields");
  if (!asked || asked->empty()) return;
  for (const auto name : base::split(*asked, ',')) names_.emplace(base::trim(name));
  const bool has_default = names_.contains("_default_");
  if (names_.contains("_all_") || !has_default) detail_ = Detail::full;
  if (has_default && names_.size() > 1) detail_ = Detail::full;  // the default and more: we show all
  if (names_.contains("_all_") || has_default) names_.clear();
}

void WantedFields::reduce(Node& node) const {
  if (names_.empty()) return;
  std::erase_if(node.attributes,
                [&](const auto& attribute) { return attribute.name != "id" && !names_.contains(attribute.name); });
  for (auto& child : node.children) {
    if (names_.contains(child.name)) continue;
    std::erase_if(child.attributes,
                  [&](const auto& attribute) { return !names_.contains(child.name + "." + attribute.name); });
  }
  std::erase_if(node.children,
                [&](const Node& child) { return child.attributes.empty() && !names_.contains(child.name); });
}

Node rendered(const Site& site, const Item& item, Detail detail) {
  const KindRule& rule = rule_of(item.kind());
  Node node(rule.element);
  node.attributes.reserve(rule.fields.size() + 1);
  node.with("id", item.id());
  for (const auto& field : rule.fields)
    if (is_shown(field.shown, detail) && item.has(field.name)) add_attribute(node, field, item);
  for (const auto& child : rule.children)
    if (is_shown(child.shown, detail)) add_child(node, child, site, item);
  return node;
}

Node reference(const Site& site, Kind kind, std::string_view element, const std::string& id,
               std::string_view attributes) {
  Node node(element);
  const Item* target = site.find(kind, id);
  for (const auto name : base::split(attributes, ' ')) {
    if (name == "id")
      node.with("id", id);
    else if (target != nullptr && target->has(name))
      node.with(name, target->get(name));
  }
  return node;
}

}  // namespace tabferry::sim
