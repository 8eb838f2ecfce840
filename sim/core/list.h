// Answers that are lists.
#pragma once

#include <functional>
#include <vector>

#include "sim/core/call.h"
#include "sim/core/desk.h"
#include "sim/core/render.h"

namespace tabferry::sim {

// What an item looks like in a list, where the table of kinds.h does not say it all.
using NodeOf = std::function<Node(const Item&, Detail)>;

// All of a kind that the user may see, in the order of their ids.
std::vector<const Item*> visible_items(const Desk& desk, Kind kind);

// The page that the call's filter, sort, fields, pageNumber and pageSize leave of `items`, as a pagination and a list.
// Refuses as query.h says. `node_of` absent: by the table.
Reply paged(const Desk& desk, const Call& call, Kind kind, std::vector<const Item*> items, const NodeOf& node_of = {});
// The same without pages: for the lists that Tableau gives whole (tasks, webhooks, connections).
Reply unpaged(const Desk& desk, const Call& call, Kind kind, std::vector<const Item*> items,
              const NodeOf& node_of = {});
// One item as an answer.
Reply single(const Desk& desk, const Item& item, int status = 200);

}  // namespace tabferry::sim
