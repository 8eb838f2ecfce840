// How schedules look, in their own answers and inside of tasks and subscriptions.
//
// A Server's task names a shared schedule in its field "schedule"; a task on Tableau Cloud has a schedule of its own,
// its part "schedule". Subscriptions and linked tasks likewise.
#pragma once

#include <string_view>

#include "sim/core/desk.h"

namespace tabferry::sim {

// What is kept of a frequencyDetails element: times and intervals, which were checked.
Node kept_details(const Node& schedule);

// A shared schedule as lists show it, or with frequencyDetails. nextRunAt is reckoned from the clock.
Node node_of_schedule(const Desk& desk, const Item& schedule, bool with_details);

// For a task's own schedule: checks what was asked for (409004) and returns the part to keep.
Node own_schedule(const Desk& desk, const Node& asked);
// What a task, subscription or linked task shows as its schedule: of its own one all, of a shared one these attributes
// (separated by spaces; "": all that lists show).
Node schedule_of(const Desk& desk, const Item& holder, std::string_view attributes = {});

}  // namespace tabferry::sim
