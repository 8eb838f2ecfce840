// The site that a new simulator begins with.
#pragma once

#include <string>

#include "sim/core/simulator.h"

namespace tabferry::sim {

// `demo` with the administrator admin / admin, the token demo / demo-secret, the group All Users, the projects default
// and Finance/Daily. A Server has also the administrator server-admin / server-admin of all its sites, and schedules.
// Into an empty site.
void make_demo_site(Site& site, Profile profile, const std::string& now);

}  // namespace tabferry::sim
