// Virtual connections: connections to databases, and policies about their rows, that others share.
//
// What it is made of is one JSON text (its field `_content`), which the API hands on as it is. Older ones are
// revisions.
#pragma once

#include <string>

#include "sim/core/desk.h"

namespace tabferry::sim {

// As the answer to a request about one: with its content.
Node virtual_connection_node(const Desk& desk, const Item& item);
// The databases that a content names, as put_connections() wants them: the objects with "class" and "server" in arrays
// called "connections", however deep [INF: recorded contents have them so]. Refuses with 400000 what is no JSON object.
Node connections_in(const std::string& content);

// POST virtualConnections.
Reply publish_virtual_connection(Desk& desk, const Call& call);

}  // namespace tabferry::sim
