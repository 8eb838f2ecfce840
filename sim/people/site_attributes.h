// The attributes of a site, as the schema's siteType has them.
#pragma once

#include "sim/core/item.h"
#include "sim/core/node.h"

namespace tabferry::sim {

// All that an administrator sees of it. Anybody else sees name and content URL.
Node site_node(const Item& site, bool sees_all);
// Takes over what the attributes of `asked` say. Refuses with 400000 what is no attribute of a site, 400003 a value
// that does not fit, 403004 what the server's administrators alone change.
void take_site_attributes(Item& site, const Node& asked, bool is_server_admin);

}  // namespace tabferry::sim
