// The path and the query of a request.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/call.h"

namespace tabferry::sim {

// Sets the call's version and query, and returns the decoded segments behind /api/{version}/ (behind /api/ where there
// is no version: "-", "exp" or "metadata" is then the first one). Refuses with 404003 a version that this server does
// not have, with 404950 what is no path of the API.
std::vector<std::string> read_target(Call& call, int newest_version);

}  // namespace tabferry::sim
