// Connections of workbooks, data sources and flows.
#pragma once

#include <string>

#include "sim/core/desk.h"

namespace tabferry::sim {

// Makes the content's connections those of `connections` (children as the draft of a publish has them: type,
// serverAddress, serverPort, userName, embedPassword, datasource, datasourceUrl, ...). One that was there before keeps
// its id; its embedded credentials are gone unless they come again, as on a real site.
void put_connections(Desk& desk, const Item& content, const Node& connections);
// The published data source that a connection is a link to; null where it is none, or there is no such data source.
const Item* linked_datasource(const Site& site, const Node& connection);

}  // namespace tabferry::sim
