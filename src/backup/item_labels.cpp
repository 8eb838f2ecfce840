#include "backup/item_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "backup/words.h"
#include "tableau/json_text.h"

namespace tabferry::backup {
namespace {

using tableau::first_text_at;
using tableau::text_at;

constexpr size_t kLabelLetters = 300;

// Objects of these names are other items, told by their ids.
constexpr std::string_view kReferences[] = {
    "owner",    "user", "group",    "groupSet",   "project",   "location",          "view",
    "workbook", "flow", "schedule", "datasource", "recipient", "virtualConnection", "customView"};

// "datasource Finance/Orders, schedule Nightly": the items that it names.
std::string references_of(const doc::Json& item) {
  std::string all;
  for (const auto& [name, value] : item.items())
    if (is_reference(name, value))
      all += fmt::format("{}{} {}", all.empty() ? "" : ", ", name, name_of_reference(value));
  return all;
}

std::string first_scalar_of(const doc::Json& item) {
  for (const auto& [name, value] : item.items())
    if (value.is_primitive() && name != "id" && name != "luid" && !scalar_text(value).empty())
      return scalar_text(value);
  return "";
}

// Of an object within another one that has no name: {"content": {"naturalKey": ...}}.
std::string name_within(const doc::Json& item) {
  for (const auto& [name, value] : item.items())
    if (value.is_object())
      if (auto text = first_text_at(value, {"naturalKey", "name"}); !text.empty()) return text;
  return "";
}

}  // namespace

std::string scalar_text(const doc::Json& value) {
  return value.is_string() ? value.get<std::string>() : value.is_null() ? "" : doc::to_line(value);
}

std::string own_id(const doc::Json& item) { return first_text_at(item, {"id", "luid"}); }

bool is_document(const doc::Json& item) { return item.is_object() && item.contains("kind") && item.contains("id"); }

bool is_reference(std::string_view name, const doc::Json& value) {
  const bool may_be = std::find(std::begin(kReferences), std::end(kReferences), name) != std::end(kReferences);
  return may_be && value.is_object() && !own_id(value).empty();
}

std::string name_of_reference(const doc::Json& value) {
  return first_text_at(value, {"naturalKey", "name", "id", "luid"});
}

std::string label_of_element(const doc::Json& element) {
  if (auto text = first_text_at(element, {"naturalKey"}); !text.empty()) return text;
  if (auto text = references_of(element); !text.empty()) return text;
  if (auto text = first_text_at(element, {"name", "label"}); !text.empty()) return text;
  if (auto text = name_within(element); !text.empty()) return text;
  if (auto text = first_text_at(element, {"serverAddress"}); !text.empty()) return text;
  auto text = first_scalar_of(element);
  return text.empty() ? own_id(element) : text;
}

std::string label_of_item(const doc::Json& item) {
  if (!item.is_object()) return "";
  // {"extractRefresh": {...}}
  if (item.size() == 1 && item.front().is_object()) return label_of_item(item.front());
  auto label = first_text_at(item, {"naturalKey", "name", "subject", "metadata/name", "contentNaturalKey"});
  const bool of_document = is_document(item);
  if (of_document)
    label = fmt::format("{} {}", singular(text_at(item, "kind")), label.empty() ? text_at(item, "id") : label);
  if (of_document && item.contains("part")) label += fmt::format(" ({})", in_words(text_at(item, "part")));
  const bool is_named = of_document || item.contains("naturalKey") || item.contains("name");
  if (!is_named)
    if (const auto others = references_of(item); !others.empty()) label += (label.empty() ? "" : " of ") + others;
  if (label.empty()) label = first_text_at(item, {"follower/userNaturalKey", "id", "luid"});
  return on_one_line(label, kLabelLetters);
}

}  // namespace tabferry::backup
