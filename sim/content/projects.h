// Projects: names are unique below one parent, whatever their case.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/site.h"

namespace tabferry::sim {

// "Finance/Daily" is {"Finance", "Daily"}; a slash in a name is written "\/". Throws Error{usage} where a name is
// empty.
std::vector<std::string> parse_project_path(std::string_view path);
// Adds what is missing of the path; all belongs to the first administrator. Returns the id of the innermost project.
std::string ensure_project(Site& site, const std::vector<std::string>& names, const std::string& now);
const Item* find_project(const Site& site, std::string_view parent_id, std::string_view name);  // null: there is none
std::string default_project_id(const Site& site);

}  // namespace tabferry::sim
