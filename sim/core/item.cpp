#include "sim/core/item.h"

#include <algorithm>
#include <charconv>

namespace tabferry::sim {
namespace {

auto named(std::string_view name) {
  return [name](const auto& field) { return field.first == name; };
}

}  // namespace

bool Item::has(std::string_view field) const { return std::any_of(fields_.begin(), fields_.end(), named(field)); }

const std::string& Item::get(std::string_view field) const {
  static const std::string nothing;
  const auto at = std::find_if(fields_.begin(), fields_.end(), named(field));
  return at == fields_.end() ? nothing : at->second;
}

uint64_t Item::number(std::string_view field) const {
  const std::string& text = get(field);
  uint64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

Item& Item::set(std::string_view field, std::string_view value) {
  const auto at = std::find_if(fields_.begin(), fields_.end(), named(field));
  if (at == fields_.end())
    fields_.emplace_back(field, value);
  else
    at->second = value;
  return *this;
}

Item& Item::unset(std::string_view field) {
  std::erase_if(fields_, named(field));
  return *this;
}

const Node* Item::part(std::string_view name) const {
  for (const auto& part : parts_)
    if (part.name == name) return &part;
  return nullptr;
}

Item& Item::put_part(Node part) {
  remove_part(part.name);
  parts_.push_back(std::move(part));
  return *this;
}

Item& Item::add_part(Node part) {
  parts_.push_back(std::move(part));
  return *this;
}

Item& Item::remove_part(std::string_view name) {
  std::erase_if(parts_, [name](const Node& part) { return part.name == name; });
  return *this;
}

}  // namespace tabferry::sim
