// Permissions of who is no more.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/site.h"

namespace tabferry::sim {

// Takes all rules for that grantee ("user", "group", "groupSet") out of the site's permissions.
void forget_grantee(Site& site, std::string_view element, const std::string& id);

}  // namespace tabferry::sim
