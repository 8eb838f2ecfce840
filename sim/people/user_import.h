// Users from a file, who are added or removed by a job.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/desk.h"

namespace tabferry::sim {

// Rows of fields; quoted ones may hold commas, quotes (doubled) and line ends. Empty lines are none. Refuses with
// 400019 a quote that does not end, and bytes that are no UTF-8.
std::vector<std::vector<std::string>> parse_import_file(std::string_view text);

}  // namespace tabferry::sim
