// What a project looks like, as far as that is no field of it, and the filter by it.
#pragma once

#include <vector>

#include "sim/core/access.h"
#include "sim/core/render.h"

namespace tabferry::sim {

// contentPermissions as they hold (below a locked project: its own); controllingPermissionsProjectId where it is
// another project; in full also topLevelProject, writeable, the counts of its contents and more of its owner.
Node project_node(const Site& site, Rights& rights, const Item& project, Detail detail);

// The filter "topLevelProject:eq:true" is by no field of the items: these two carry it out and take it off the call.
std::vector<const Item*> of_top_level(const Call& call, std::vector<const Item*> projects);
Call without_top_level(const Call& call);

}  // namespace tabferry::sim
