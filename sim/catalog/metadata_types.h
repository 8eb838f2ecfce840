// The types of the Metadata API's schema that this site knows: what their fields are of an item
// (https://help.tableau.com/current/api/metadata_api/en-us/reference/index.html).
//
// Times of extracts are fields of the items: _extractLastRefreshTime, _extractLastIncrementalUpdateTime and
// _extractLastUpdateTime, which refreshes set; without them the latest publish of content with extracts is the last
// update.
#pragma once

#include <functional>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

#include "sim/catalog/graphql.h"
#include "sim/core/desk.h"

namespace tabferry::sim::metadata {

using Json = nlohmann::ordered_json;

// One request: who asks with which variables, and what was wrong with it.
struct Asking {
  const Desk& desk;
  const Json& variables;
  Json& errors;  // an array
};

using Resolve = std::function<Json(Asking&, const Item&, const graphql::Field&)>;
using Type = std::map<std::string, Resolve, std::less<>>;  // by the field's name

const Type& workbook_type();
const Type& datasource_type();

// The object that the query's field asks for. What the type does not have is reported in the words of a real server. An
// item without an id stands for none: what is asked of it, and below it, is looked at all the same.
Json selected_of(Asking& asking, const Item& item, const graphql::Field& field, std::string_view type_name,
                 const Type& type);
void report(Asking& asking, const graphql::Field& field, const std::string& message);
void report_undefined(Asking& asking, const graphql::Field& field, std::string_view type);

}  // namespace tabferry::sim::metadata
