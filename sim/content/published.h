// What workbooks, data sources and flows answer to in the same way.
#pragma once

#include "sim/core/desk.h"
#include "sim/core/list.h"

namespace tabferry::sim {

// As the answer to a request about one of them: a workbook with its views.
Node node_of_content(const Desk& desk, const Item& item);
// As an element of a list.
NodeOf nodes_of_content(const Desk& desk, Kind kind);

Reply query_all_content(Desk& desk, const Call& call, Kind kind);
Reply query_content(Desk& desk, const Call& call, Kind kind);
Reply delete_content(Desk& desk, const Call& call, Kind kind);
// PUT: name, description, project, owner and what else the kind has.
Reply update_content(Desk& desk, const Call& call, Kind kind);

}  // namespace tabferry::sim
