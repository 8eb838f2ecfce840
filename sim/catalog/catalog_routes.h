// The lists of routes that label_routes() puts together.
#pragma once

#include <vector>

#include "sim/core/routes.h"

namespace tabferry::sim {

std::vector<Route> quality_warning_routes();
std::vector<Route> label_value_routes();

// Is there such a value in the category, as labels may have? The built-in ones, and those that an administrator made.
bool is_label_value(const Site& site, std::string_view value);
std::string category_of_value(const Site& site, std::string_view value);  // "" where there is no such value

}  // namespace tabferry::sim
