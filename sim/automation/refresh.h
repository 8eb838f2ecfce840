// Extracts that are refreshed and flows that are run, as jobs.
#pragma once

#include <string>

#include "sim/core/desk.h"

namespace tabferry::sim {

// Start a job and return how it looks in the answer. A second one for content whose first is not done is refused with
// 409093. `task`: the id of the task that it is a run of, whose failures are counted; "" where somebody just asked.
Node start_refresh(Desk& desk, const Item& content, bool is_incremental, const std::string& task = "");
Node start_flow_run(Desk& desk, const Item& flow, const std::string& task = "");
// Whichever the task is for.
Node start_task(Desk& desk, const Item& task);

}  // namespace tabferry::sim
