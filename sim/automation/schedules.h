// A Server's shared schedules.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/site.h"

namespace tabferry::sim {

// The schedules that a Server has from the start: one each for extracts, subscriptions and flows.
void put_default_schedules(Site& site, const std::string& now);
// A schedule that is active, in parallel, of priority 50; `frequency` with frequencyDetails, as requests have it.
Item make_schedule(const std::string& id, std::string_view name, std::string_view type, const Node& frequency,
                   const std::string& now);

}  // namespace tabferry::sim
