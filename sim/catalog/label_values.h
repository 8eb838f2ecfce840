// The values that labels may have: the built-in ones, and those that an administrator made.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/site.h"

namespace tabferry::sim {

bool is_label_value(const Site& site, std::string_view value);
// The category that the value belongs to; "" where there is no such value.
std::string category_of_value(const Site& site, std::string_view value);

}  // namespace tabferry::sim
