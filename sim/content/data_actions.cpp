// Reading the actions of a data update.
#include "sim/content/data_actions.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "doc/json.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

using doc::Json;

constexpr std::array<std::string_view, 5> kActions = {"insert", "update", "upsert", "delete", "replace"};
constexpr std::array<std::string_view, 7> kComparisons = {"eq", "neq", "gt", "gte", "lt", "lte", "is"};
constexpr std::array<std::string_view, 7> kKeys = {"action",        "source-table", "source-schema", "target-table",
                                                   "target-schema", "condition",    "source-alias"};
constexpr size_t kMostActions = 1000;
constexpr int kDeepest = 20;

[[noreturn]] void malformed(const std::string& what) {
  refuse(400000, "Payload is either malformed or incomplete: {}.", what);
}

template <size_t n>
bool is_one_of(const std::array<std::string_view, n>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string text_in(const Json& object, const char* name) {
  if (!object.contains(name)) return "";
  if (!object[name].is_string()) malformed(fmt::format("'{}' is no text", name));
  return object[name].get<std::string>();
}

std::string quoted_sql(std::string_view text) {
  std::string sql = "'";
  for (const char c : text) {
    if (c == '\0') malformed("a constant holds a zero byte");
    sql += c == '\'' ? std::string("''") : std::string(1, c);
  }
  return sql + "'";
}

// "2018-02-01T00:00:00Z": only what a time is written with.
std::string time_sql(const Json& value) {
  if (!value.is_string()) malformed("a datetime is a text");
  std::string text = value.get<std::string>();
  if (text.empty() || text.find_first_not_of("0123456789-:.TtZz+ ") != std::string::npos)
    malformed("a constant is no datetime");
  if (text.back() == 'Z' || text.back() == 'z') text.pop_back();
  return fmt::format("CAST({} AS timestamp)", quoted_sql(text));
}

// {"type": "string|integer|double|boolean|datetime", "v": ...}
std::string constant_sql(const Json& constant) {
  if (!constant.is_object() || !constant.contains("v")) malformed("a const needs type and v");
  const std::string type = text_in(constant, "type");
  const Json& value = constant["v"];
  if (value.is_null()) return "NULL";
  if (type == "string" && value.is_string()) return quoted_sql(value.get<std::string>());
  if (type == "integer" && value.is_number_integer()) return value.dump();
  if (type == "double" && value.is_number()) return fmt::format("CAST({} AS double precision)", value.dump());
  if (type == "boolean" && value.is_boolean()) return value.get<bool>() ? "TRUE" : "FALSE";
  if (type == "datetime") return time_sql(value);
  malformed(fmt::format("a const of type {} does not hold {}", base::quoted(type), base::quoted(value.dump())));
}

DataCondition condition_of(const Json& asked, int depth) {
  if (!asked.is_object() || depth > kDeepest) malformed("a condition is an object of at most 20 levels");
  DataCondition condition{
      .op = base::lower(text_in(asked, "op")), .args = {}, .target_column = {}, .source_column = {}, .constant = {}};
  if (condition.op == "and" || condition.op == "or" || condition.op == "not") {
    if (!asked.contains("args") || !asked["args"].is_array() || asked["args"].empty())
      malformed(condition.op + " needs args");
    for (const auto& arg : asked["args"]) condition.args.push_back(condition_of(arg, depth + 1));
    if (condition.op == "not" && condition.args.size() > 1) malformed("not has one argument");
    return condition;
  }
  if (!is_one_of(kComparisons, condition.op))
    malformed(fmt::format("the operator {} is not known", base::quoted(condition.op)));
  condition.target_column = text_in(asked, "target-col");
  condition.source_column = text_in(asked, "source-col");
  if (asked.contains("const")) condition.constant = constant_sql(asked["const"]);
  if (condition.target_column.empty()) malformed("a condition needs a target-col");
  if (condition.source_column.empty() == condition.constant.empty())
    malformed("a condition needs a source-col or a const");
  return condition;
}

bool needs_source(const DataCondition& condition) {
  return !condition.source_column.empty() || std::any_of(condition.args.begin(), condition.args.end(), needs_source);
}

void check(const DataAction& action, bool has_payload) {
  const bool is_conditional = action.action == "update" || action.action == "upsert";
  if (is_conditional && !action.condition) malformed(action.action + " needs a condition");
  if ((action.action == "insert" || action.action == "replace") && action.condition)
    malformed(action.action + " has no condition");
  if (action.action != "delete" && !action.source) malformed(action.action + " needs a source-table");
  if (action.action == "delete" && !action.condition) malformed("delete needs a condition");
  if (!action.source && action.condition && needs_source(*action.condition))
    malformed("a source-col needs a source-table");
  if (action.source && !has_payload) malformed("there is a source-table and no uploaded payload (uploadSessionId)");
}

DataAction action_of(const Json& asked, bool has_payload) {
  if (!asked.is_object()) malformed("an action is an object");
  for (const auto& [key, value] : asked.items())
    if (!is_one_of(kKeys, key)) malformed(fmt::format("an action has no {}", base::quoted(key)));
  DataAction action{.action = base::lower(text_in(asked, "action")),
                    .target = {text_in(asked, "target-schema"), text_in(asked, "target-table")},
                    .source = std::nullopt,
                    .condition = std::nullopt};
  if (!is_one_of(kActions, action.action))
    malformed(fmt::format("the action {} is not known", base::quoted(action.action)));
  if (asked.contains("source-table"))
    action.source = NamedTable{text_in(asked, "source-schema"), text_in(asked, "source-table")};
  if (asked.contains("condition")) action.condition = condition_of(asked["condition"], 0);
  check(action, has_payload);
  return action;
}

}  // namespace

std::vector<DataAction> read_data_actions(std::string_view json, bool has_payload) {
  Json asked;
  try {
    asked = doc::parse_json(json, "the request");
  } catch (const base::Error& error) {
    malformed(error.what());
  }
  if (!asked.is_object() || !asked.contains("actions") || !asked["actions"].is_array() || asked["actions"].empty())
    malformed("there are no actions");
  if (asked["actions"].size() > kMostActions) malformed("there are too many actions");
  std::vector<DataAction> actions;
  for (const auto& one : asked["actions"]) actions.push_back(action_of(one, has_payload));
  return actions;
}

}  // namespace tabferry::sim
