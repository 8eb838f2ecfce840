// When something runs by itself: `frequency` and `frequencyDetails` of a schedule.
// Rules: https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm ("Create
// Server Schedule", "Create Cloud Extract Refresh Task"); what Tableau Cloud refuses is from the threads of its
// clients.
#pragma once

#include <chrono>
#include <optional>
#include <set>
#include <string_view>

#include "base/clock.h"
#include "sim/core/node.h"

namespace tabferry::sim {

enum class Recurrence { hourly, daily, weekly, monthly };

struct Frequency {
  static constexpr unsigned kLastDay = 0;  // of the month

  Recurrence recurrence = Recurrence::daily;
  std::chrono::seconds start{};              // of the day
  std::optional<std::chrono::seconds> end;   // not after start: on the next day
  std::optional<std::chrono::minutes> step;  // between runs of one day; absent: once a day
  std::set<unsigned> week_days;              // 0 is Sunday; empty: any
  std::set<unsigned> month_days;             // 1 to 31, kLastDay
};

// Of a `schedule` element with its frequencyDetails. Refuses with `code` what is no frequency at all: an unknown word,
// a time that is none, an interval that does not exist.
Frequency parse_frequency(const Node& schedule, int code);

// What a Server wants of a shared schedule: refuses with 400064.
void check_for_server(const Frequency& frequency);
// What Tableau Cloud wants of a task's or subscription's own one: refuses with 409004.
void check_for_cloud(const Frequency& frequency);

// The first run behind that moment. Times of day are those of the site; a site without a time zone is in UTC [INF].
base::WallTime next_run(const Frequency& frequency, base::WallTime after);

}  // namespace tabferry::sim
