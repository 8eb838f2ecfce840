// Permissions: what publishing and deleting owe them.
#pragma once

#include <vector>

#include "sim/content/grants.h"
#include "sim/core/desk.h"

namespace tabferry::sim {

// Once for each new item, after it was put: it gets what its project gives to new content of its kind.
inline void apply_defaults(Desk& desk, const Item& item) { give_defaults(desk.site, item); }
// When an item is deleted.
inline void forget_permissions(Desk& desk, const Item& item) { forget_grants(desk.site, item); }
// A move to another project: const auto before = rules_in_force(desk.site, item); ...put...; settle(desk.site, before);

}  // namespace tabferry::sim
