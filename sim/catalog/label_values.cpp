// What labels there can be: values in categories. Some are built in
// (https://help.tableau.com/current/online/en-us/dm_labels_manage.htm: certification, warnings, sensitivity);
// administrators add others. Those are kept in one item of Kind::site_settings, as its parts labelValueList and
// labelCategoryList.
#include "sim/catalog/label_values.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sim/catalog/assets.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kHolder = "labels";  // the id of the item
constexpr std::string_view kValues = "labelValueList", kCategories = "labelCategoryList";

struct BuiltIn {
  std::string_view category, name;
  bool elevated;
};
constexpr std::array kBuiltIn = {
    BuiltIn{"certification", "certification", false}, BuiltIn{"warning", "warning", false},
    BuiltIn{"warning", "deprecated", false},          BuiltIn{"warning", "stale", false},
    BuiltIn{"warning", "maintenance", false},         BuiltIn{"sensitivity", "sensitive", true},
    BuiltIn{"sensitivity", "public", false}};
constexpr std::array<std::string_view, 3> kBuiltInCategories = {"certification", "warning", "sensitivity"};

Node built_in_values() {
  Node list(kValues);
  for (const auto& one : kBuiltIn)
    list.add(Node("labelValue")
                 .with("name", one.name)
                 .with("category", one.category)
                 .with("description", "")
                 .with_flag("internal", false)
                 .with_flag("elevatedDefault", one.elevated)
                 .with_flag("builtIn", true));
  return list.as_list();
}

Node built_in_categories() {
  Node list(kCategories);
  for (const auto name : kBuiltInCategories) list.add(Node("labelCategory").with("name", name).with("description", ""));
  return list.as_list();
}

Node own_list(const Site& site, std::string_view part) {
  const Item* holder = site.find(Kind::site_settings, kHolder);
  const Node* list = holder != nullptr ? holder->part(part) : nullptr;
  return list != nullptr ? *list : Node(part).as_list();
}

Node whole_list(const Site& site, std::string_view part) {
  Node list = part == kValues ? built_in_values() : built_in_categories();
  for (auto& one : own_list(site, part).children) list.add(std::move(one));
  return list;
}

const Node* named(const Node& list, std::string_view name) {
  const auto at = std::find_if(list.children.begin(), list.children.end(), [&](const Node& one) {
    return base::equal_ignoring_case(one.attribute_or("name", ""), name);
  });
  return at == list.children.end() ? nullptr : &*at;
}

void keep(Desk& desk, Node list) {
  const Item* holder = desk.site.find(Kind::site_settings, kHolder);
  Item item = holder != nullptr ? *holder : Item(Kind::site_settings, std::string(kHolder));
  desk.site.put(item.put_part(std::move(list)));
}

void erase_named(Node& list, std::string_view name) {
  std::erase_if(list.children,
                [&](const Node& one) { return base::equal_ignoring_case(one.attribute_or("name", ""), name); });
}

Node found(const Desk& desk, const Call& call, std::string_view part) {
  const Node list = whole_list(desk.site, part);
  const Node* one = named(list, call.parameter("name"));
  if (one == nullptr) refuse(404001, "'{}' could not be found.", call.parameter("name"));
  return *one;
}

Reply query_values(Desk& desk, const Call&) { return {.payload = {whole_list(desk.site, kValues)}}; }
Reply query_categories(Desk& desk, const Call&) { return {.payload = {whole_list(desk.site, kCategories)}}; }
Reply query_value(Desk& desk, const Call& call) { return {.payload = {found(desk, call, kValues)}}; }
Reply query_category(Desk& desk, const Call& call) { return {.payload = {found(desk, call, kCategories)}}; }

std::string name_in(const Node& asked) { return std::string(base::trim(needed_text(asked, "name"))); }

// Creates or updates. What is built in stays as it is [INF: a real site lets its description be changed].
Reply put_value(Desk& desk, const Call& call) {
  const Node asked = call.request("labelValue");
  expect_only(asked, {"name", "category", "description", "internal", "elevatedDefault", "builtIn"}, {});
  const std::string name = name_in(asked);
  const Node built_in = built_in_values();
  if (named(built_in, name) != nullptr) refuse(403004, "The label value '{}' is built in.", name);
  const Node list = whole_list(desk.site, kCategories);
  const Node* category = named(list, asked.attribute_or("category", ""));
  if (category == nullptr) refuse(404001, "There is no label category '{}'.", asked.attribute_or("category", ""));
  Node value("labelValue");
  value.with("name", name).with("category", category->attribute_or("name", ""));
  value.with("description", asked.attribute_or("description", ""))
      .with_flag("internal", asked_flag(asked, "internal", 400000).value_or(false));
  value.with_flag("elevatedDefault", asked_flag(asked, "elevatedDefault", 400000).value_or(false))
      .with_flag("builtIn", false);
  Node own = own_list(desk.site, kValues);
  erase_named(own, name);
  keep(desk, own.add(value));
  return {.payload = {std::move(value)}};
}

Reply put_category(Desk& desk, const Call& call) {
  const Node asked = call.request("labelCategory");
  expect_only(asked, {"name", "description"}, {});
  const std::string name = name_in(asked);
  const Node built_in = built_in_categories();
  if (named(built_in, name) != nullptr) refuse(403004, "The label category '{}' is built in.", name);
  Node category("labelCategory");
  category.with("name", name).with("description", asked.attribute_or("description", ""));
  Node own = own_list(desk.site, kCategories);
  erase_named(own, name);
  keep(desk, own.add(category));
  return {.payload = {std::move(category)}};
}

// Labels of the value go with it.
Reply delete_value(Desk& desk, const Call& call) {
  const std::string name = found(desk, call, kValues).attribute_or("name", "");
  Node own = own_list(desk.site, kValues);
  if (named(own, name) == nullptr) refuse(403004, "The label value '{}' is built in.", name);
  erase_named(own, name);
  keep(desk, std::move(own));
  std::vector<std::string> gone;
  for (const auto& [id, label] : desk.site.all(Kind::label))
    if (label.get("value") == name) gone.push_back(id);
  for (const auto& id : gone) desk.site.erase(Kind::label, id);
  return {.status = 204};
}

Reply delete_category(Desk& desk, const Call& call) {
  const std::string name = found(desk, call, kCategories).attribute_or("name", "");
  Node own = own_list(desk.site, kCategories);
  if (named(own, name) == nullptr) refuse(403004, "The label category '{}' is built in.", name);
  for (const auto& value : own_list(desk.site, kValues).children)
    if (value.attribute("category") == name) refuse(403004, "There are label values in the category '{}'.", name);
  erase_named(own, name);
  keep(desk, std::move(own));
  return {.status = 204};
}

constexpr Terms kRead{.since = 320, .feature = "data-management"};
constexpr Terms kWrite{.access = Access::site_admin, .since = 320, .feature = "data-management"};

}  // namespace

bool is_label_value(const Site& site, std::string_view value) { return !category_of_value(site, value).empty(); }

std::string category_of_value(const Site& site, std::string_view value) {
  const Node list = whole_list(site, kValues);
  const Node* known = named(list, value);
  return known != nullptr ? known->attribute_or("category", "") : "";
}

std::vector<Route> label_value_routes() {
  return {{"GET", "sites/{site}/labelValues", query_values, kRead},
          {"PUT", "sites/{site}/labelValues", put_value, kWrite},
          {"GET", "sites/{site}/labelValues/{name}", query_value, kRead},
          {"DELETE", "sites/{site}/labelValues/{name}", delete_value, kWrite},
          {"GET", "sites/{site}/labelCategories", query_categories, kRead},
          {"PUT", "sites/{site}/labelCategories", put_category, kWrite},
          {"GET", "sites/{site}/labelCategories/{name}", query_category, kRead},
          {"DELETE", "sites/{site}/labelCategories/{name}", delete_category, kWrite}};
}

}  // namespace tabferry::sim
