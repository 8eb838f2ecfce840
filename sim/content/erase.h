// Taking content off the site, with all that makes no sense without it.
#pragma once

#include "sim/core/desk.h"

namespace tabferry::sim {

// Erases a workbook, view, data source, flow (or anything else that others may refer to) and with it: views, revisions,
// connections, its permissions, custom views, and the favorites, tasks, subscriptions, data alerts, labels and quality
// warnings that point at it. `item` may be the site's own: it is not looked at once it is gone.
void erase_content(Desk& desk, const Item& item);

}  // namespace tabferry::sim
