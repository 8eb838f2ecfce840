// The Metadata API: when the extracts of workbooks and data sources were refreshed, which the REST API does not tell.
// Two lists of its schema, whole or in pages; what is not in it is answered as a real server answers what it does not
// have.
#include <algorithm>
#include <span>

#include "doc/json.h"
#include "sim/catalog/json_answers.h"
#include "sim/catalog/metadata_types.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

using doc::Json;
using graphql::Field;
using graphql::Value;
using metadata::Asking;
using metadata::report_undefined;
using metadata::Type;

Json json_of(const Asking& asking, const Value& value) {
  switch (value.kind) {
    case Value::Kind::null:
      return nullptr;
    case Value::Kind::number:
      return Json::parse(value.text, nullptr, false);
    case Value::Kind::flag:
      return value.text == "true";
    case Value::Kind::text:
    case Value::Kind::word:
      return value.text;
    case Value::Kind::variable:
      return asking.variables.is_object() ? asking.variables.value(value.text, Json(nullptr)) : Json(nullptr);
    case Value::Kind::list:
      break;
    case Value::Kind::object: {
      Json object = Json::object();
      for (const auto& [name, member] : value.members) object[name] = json_of(asking, member);
      return object;
    }
  }
  Json list = Json::array();
  for (const auto& item : value.items) list.push_back(json_of(asking, item));
  return list;
}

Json argument_of(const Asking& asking, const Field& field, std::string_view name) {
  const Value* value = field.argument(name);
  return value != nullptr ? json_of(asking, *value) : Json(nullptr);
}

bool matches(const Json& wanted, const Json& value) {
  return wanted.is_array() ? std::find(wanted.begin(), wanted.end(), value) != wanted.end() : wanted == value;
}

// {luid: "..."}, {luidWithin: [...]}: by the fields of text that the type has.
bool passes(Asking& asking, const Item& item, const Field& field, std::string_view type_name, const Type& type,
            const Json& filter) {
  if (!filter.is_object()) return true;
  for (const auto& [key, wanted] : filter.items()) {
    const std::string name = key.ends_with("Within") ? key.substr(0, key.size() - 6) : key;
    const auto at = type.find(name);
    if (at == type.end() || name == "owner" || name == "embeddedDatasources") {
      metadata::report(
          asking, field,
          fmt::format("Validation error of type WrongType: argument 'filter' contains a field not in '{}_Filter': '{}'",
                      type_name, key));
      return false;
    }
    if (!wanted.is_null() && !matches(wanted, at->second(asking, item, field))) return false;
  }
  return true;
}

struct List {
  std::string_view name;  // "workbooks"; its pages are "workbooksConnection"
  std::string_view type_name;
  Kind kind;
  const Type& (*type)();
};
constexpr List kLists[] = {
    {"workbooks", "Workbook", Kind::workbook, metadata::workbook_type},
    {"publishedDatasources", "PublishedDatasource", Kind::datasource, metadata::datasource_type}};

std::vector<const Item*> items_of(Asking& asking, const Field& field, const List& list) {
  auto items = visible_items(asking.desk, list.kind);
  const Json filter = argument_of(asking, field, "filter");
  std::erase_if(items,
                [&](const Item* item) { return !passes(asking, *item, field, list.type_name, list.type(), filter); });
  return items;
}

Json nodes_of(Asking& asking, const Field& field, const List& list, std::span<const Item* const> items) {
  Json nodes = Json::array();
  for (const Item* item : items)
    nodes.push_back(metadata::selected_of(asking, *item, field, list.type_name, list.type()));
  return nodes;
}

// A field that nobody asks an item for, because there is none, is still checked.
void check(Asking& asking, const Field& field, const List& list) {
  const Item none(list.kind, "");
  metadata::selected_of(asking, none, field, list.type_name, list.type());
}

Json list_of(Asking& asking, const Field& field, const List& list) {
  check(asking, field, list);
  if (!asking.errors.empty()) return nullptr;
  return nodes_of(asking, field, list, items_of(asking, field, list));
}

size_t number_of(const Json& value, size_t otherwise) {
  return value.is_number_unsigned() ? value.get<size_t>() : otherwise;
}

Json page_info(const Field& field, bool has_next, const std::string& end) {
  Json info = Json::object();
  for (const auto& one : field.fields) {
    if (one.name == "hasNextPage") info[one.alias] = has_next;
    if (one.name == "endCursor") info[one.alias] = has_next ? Json(end) : Json(nullptr);
  }
  return info;
}

Json connection_of(Asking& asking, const Field& field, const List& list) {
  for (const auto& one : field.fields) {
    if (one.name == "nodes")
      check(asking, one, list);
    else if (one.name != "pageInfo" && one.name != "totalCount")
      report_undefined(asking, one, fmt::format("{}sConnection", list.type_name));
  }
  if (!asking.errors.empty()) return nullptr;
  const auto items = items_of(asking, field, list);
  const Json after = argument_of(asking, field, "after");
  const auto first = std::find_if(items.begin(), items.end(), [&](const Item* item) {
    return !after.is_string() || item->id() > after.get<std::string>();
  });
  const auto offset = std::min(
      static_cast<size_t>(first - items.begin()) + number_of(argument_of(asking, field, "offset"), 0), items.size());
  const size_t count = std::min(number_of(argument_of(asking, field, "first"), 100), items.size() - offset);
  const bool has_next = offset + count < items.size();
  Json answer = Json::object();
  for (const auto& one : field.fields) {
    if (one.name == "nodes") answer[one.alias] = nodes_of(asking, one, list, std::span(items).subspan(offset, count));
    if (one.name == "totalCount") answer[one.alias] = items.size();
    if (one.name == "pageInfo")
      answer[one.alias] = page_info(one, has_next, count > 0 ? items[offset + count - 1]->id() : "");
  }
  return answer;
}

Json data_of(Asking& asking, const std::vector<Field>& fields) {
  Json data = Json::object();
  for (const auto& field : fields) {
    bool is_known = false;
    for (const auto& list : kLists) {
      const bool is_list = field.name == list.name, is_pages = field.name == std::string(list.name) + "Connection";
      if (is_list) data[field.alias] = list_of(asking, field, list);
      if (is_pages) data[field.alias] = connection_of(asking, field, list);
      is_known |= is_list || is_pages;
    }
    if (!is_known) report_undefined(asking, field, "Query");
  }
  return data;
}

Json syntax_error(const std::string& message) {
  return {{"errors", Json::array({{{"message", message}, {"extensions", {{"classification", "InvalidSyntax"}}}}})}};
}

// [INF] A server whose Metadata API is off knows the path no more than any other that it does not have.
void check_enabled(const Desk& desk) {
  if (desk.simulator.options.without.contains("metadata"))
    refuse(404003, "The Metadata API is not enabled on this server.");
}

Reply query(Desk& desk, const Call& call) {
  check_enabled(desk);
  Json asked;
  try {
    asked = doc::parse_json(call.document, "the request");
  } catch (const base::Error& error) {
    refuse(400000, "{}", error.what());
  }
  if (!asked.is_object() || !asked.contains("query") || !asked["query"].is_string())
    refuse(400000, "There is no query in the request.");
  const Json variables = asked.value("variables", Json(nullptr));
  Json errors = Json::array();
  Asking asking{desk, variables, errors};
  try {
    const Json data = data_of(asking, graphql::parse(asked["query"].get<std::string>()));
    if (asking.errors.empty()) return json_reply(doc::to_line({{"data", data}}));
    return json_reply(doc::to_line({{"errors", asking.errors}}));
  } catch (const Refusal&) {
    throw;
  } catch (const base::Error& error) {
    return json_reply(doc::to_line(syntax_error(error.what())));
  }
}

}  // namespace

std::vector<Route> metadata_routes() { return {{"POST", "metadata/graphql", query, {.since = 305}}}; }

}  // namespace tabferry::sim
