// What a data update asks for, and the SQL that does it.
//
// An update is a list of actions on the tables of the published extract (attached as x), most of them with rows of an
// uploaded extract, the payload (attached as y)
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_how_to_update_data_to_hyper.htm).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hyper/session.h"

namespace tabferry::sim {

// A table as an action names it; the schema is "" where the action does not say it, the name where it means the only
// one.
struct NamedTable {
  std::string schema, name;
};

struct DataCondition {
  std::string op;                   // and, or, not; eq, neq, gt, gte, lt, lte, is
  std::vector<DataCondition> args;  // of and, or, not
  std::string target_column;        // of the others, compared with ...
  std::string source_column;        // ... this column of the payload, or
  std::string constant;             // ... this value, in SQL
};

struct DataAction {
  std::string action;  // insert, update, upsert, delete, replace
  NamedTable target;
  std::optional<NamedTable> source;  // delete may do without
  std::optional<DataCondition> condition;
};

// The actions of a request's JSON ({"actions": [...]}). Refuses with 400000 what is malformed, unknown, or lacks what
// its action needs; `has_payload` says whether there is a payload at all.
std::vector<DataAction> read_data_actions(std::string_view json, bool has_payload);

// Does them in order. Names are looked up exactly and written as quoted names. Throws Refusal{400011} with the reason
// where tables or columns are not there or do not fit, and what the session throws; what was done before stays done.
void run_data_actions(hyper::Session& session, const std::vector<DataAction>& actions);
// All rows of the only table of y behind those of the only table of x, which must have the same columns.
void append_only_table(hyper::Session& session);

}  // namespace tabferry::sim
