// Site roles and the licences that they take
// (https://help.tableau.com/current/server/en-us/users_site_roles.htm).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/core/site.h"

namespace tabferry::sim {

bool is_site_role(std::string_view name);  // one that can be given
// The site's attribute with the number of licences that the role takes one of: "tierCreatorCapacity"; "" where none.
std::string_view capacity_of(std::string_view site_role);
// How many users have a licence of that kind.
uint64_t licences_in_use(const Site& site, std::string_view capacity);
// Whether one user more may have the role. A site without the attribute has licences without end.
bool has_licence_for(const Site& site, std::string_view site_role);

// The role that the columns of an import file mean: licence (Creator, Explorer, Viewer, Unlicensed), administrator
// (System, Site, None), publisher. Absent for words that mean nothing
// (https://help.tableau.com/current/server/en-us/csvguidelines.htm).
std::optional<std::string> imported_role(std::string_view licence, std::string_view administrator,
                                         std::string_view publisher);

}  // namespace tabferry::sim
