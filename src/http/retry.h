// Whether and when a request is sent again. The only place that decides it. Private to this room.
#pragma once

#include <random>

#include "base/clock.h"
#include "http/transport.h"

namespace tabferry::http {

// The table of http::Retry.
bool worth_repeating(const Request& request, const Outcome& outcome);

// How long to wait before attempt `attempt` + 1 (the first attempt is 1). At most retry.max_wait.
std::chrono::milliseconds wait_after(int attempt, const Outcome& outcome, const Retry& retry, base::WallTime now,
                                     std::mt19937_64& dice);

// What a Pace is told of an attempt.
Pace::Ending ending_of(const Outcome& outcome, const Retry& retry, base::WallTime now);

// RFC 9110 section 10.2.3: seconds, or a date (seen from the answer's own Date, as clocks differ; else from `now`).
// Absent where there is none that can be read; never negative.
std::optional<std::chrono::milliseconds> retry_after(const Response& response, base::WallTime now);

}  // namespace tabferry::http
