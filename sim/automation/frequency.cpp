#include "sim/automation/frequency.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::array<std::string_view, 4> kRecurrences = {"Hourly", "Daily", "Weekly", "Monthly"};
constexpr std::array<std::string_view, 7> kWeekDays = {"Sunday",   "Monday", "Tuesday", "Wednesday",
                                                       "Thursday", "Friday", "Saturday"};
constexpr std::array<unsigned, 7> kHours = {1, 2, 4, 6, 8, 12, 24};
constexpr std::array<unsigned, 3> kMinutes = {15, 30, 60};

template <size_t count>
std::optional<size_t> place_of(std::string_view name, const std::array<std::string_view, count>& names) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<size_t>(found - names.begin()));
}

std::optional<unsigned> as_number(std::string_view text) {
  unsigned number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// "HH:MM:SS", which is all that the clients read back.
seconds parse_time(const std::string& text, int code) {
  const bool has_form = text.size() == 8 && text[2] == ':' && text[5] == ':';
  const std::string_view view = text;
  const auto hour = has_form ? as_number(view.substr(0, 2)) : std::nullopt;
  const auto minute = has_form ? as_number(view.substr(3, 2)) : std::nullopt;
  const auto second = has_form ? as_number(view.substr(6, 2)) : std::nullopt;
  if (!hour || !minute || !second || *hour > 23 || *minute > 59 || *second > 59)
    refuse(code, "Invalid schedule: '{}' is no time of the form HH:MM:SS.", text);
  return hours(*hour) + minutes(*minute) + seconds(*second);
}

void take_interval(Frequency& frequency, const Node::Attribute& interval, int code) {
  const auto number = as_number(interval.value);
  const auto is_one_of = [&](const auto& known) {
    return number && std::find(known.begin(), known.end(), *number) != known.end();
  };
  if (interval.name == "hours" && is_one_of(kHours)) {
    frequency.step = hours(*number);
  } else if (interval.name == "minutes" && is_one_of(kMinutes)) {
    frequency.step = minutes(*number);
  } else if (const auto day = place_of(interval.value, kWeekDays); interval.name == "weekDay" && day) {
    frequency.week_days.insert(static_cast<unsigned>(*day));
  } else if (interval.name == "monthDay" && interval.value == "LastDay") {
    frequency.month_days.insert(Frequency::kLastDay);
  } else if (interval.name == "monthDay" && number && *number >= 1 && *number <= 31) {
    frequency.month_days.insert(*number);
  } else {
    refuse(code, "Invalid schedule: there is no interval {}=\"{}\".", interval.name, interval.value);
  }
}

void want(bool is_good, int code, std::string_view what) {
  if (!is_good) refuse(code, "Invalid schedule: {}.", what);
}

bool runs_on(const Frequency& frequency, std::chrono::sys_days day) {
  const unsigned week_day = std::chrono::weekday(day).c_encoding();
  if (frequency.recurrence != Recurrence::monthly)
    return frequency.week_days.empty() || frequency.week_days.contains(week_day);
  const std::chrono::year_month_day date(day);
  const bool is_last = (date.year() / date.month() / std::chrono::last).day() == date.day();
  return frequency.month_days.contains(static_cast<unsigned>(date.day())) ||
         (is_last && frequency.month_days.contains(Frequency::kLastDay));
}

// The first run of that day's that is behind `after`.
std::optional<base::WallTime> run_of(const Frequency& frequency, std::chrono::sys_days day, base::WallTime after) {
  const base::WallTime first = day + frequency.start;
  if (!frequency.step || !frequency.end) return first > after ? std::optional(first) : std::nullopt;
  const base::WallTime last = day + *frequency.end + (*frequency.end > frequency.start ? days(0) : days(1));
  for (auto run = first; run <= last; run += *frequency.step)
    if (run > after) return run;
  return std::nullopt;
}

}  // namespace

Frequency parse_frequency(const Node& schedule, int code) {
  const std::string word = schedule.attribute_or("frequency", "");
  const auto recurrence = place_of(word, kRecurrences);
  if (!recurrence) refuse(code, "Invalid schedule: '{}' is no frequency.", word);
  Frequency frequency{.recurrence = static_cast<Recurrence>(*recurrence)};
  const Node* details = schedule.child("frequencyDetails");
  if (details == nullptr) refuse(code, "Invalid schedule: frequencyDetails is missing.");
  frequency.start = parse_time(details->attribute_or("start", ""), code);
  if (const auto end = details->attribute("end")) frequency.end = parse_time(*end, code);
  if (const Node* intervals = details->child("intervals"))
    for (const auto& interval : intervals->children)
      for (const auto& attribute : interval.attributes) take_interval(frequency, attribute, code);
  return frequency;
}

void check_for_server(const Frequency& frequency) {
  constexpr int kCode = 400064;
  switch (frequency.recurrence) {
    case Recurrence::hourly:
      want(frequency.end.has_value(), kCode, "an hourly schedule needs an end time");
      want(frequency.step.has_value(), kCode, "an hourly schedule needs an interval of hours or minutes");
      return;
    case Recurrence::daily:
      return;
    case Recurrence::weekly:
      return want(!frequency.week_days.empty(), kCode, "a weekly schedule needs at least one weekDay");
    case Recurrence::monthly:
      return want(!frequency.month_days.empty(), kCode, "a monthly schedule needs a monthDay");
  }
}

void check_for_cloud(const Frequency& frequency) {
  constexpr int kCode = 409004;
  constexpr seconds kBoundary = minutes(5);
  const auto is_even = [&](seconds time) { return time % kBoundary == seconds(0); };
  want(is_even(frequency.start) && is_even(frequency.end.value_or(seconds(0))), kCode,
       "times must be on a five-minute boundary");
  want(!frequency.step || *frequency.step >= hours(1), kCode, "intervals below an hour are not possible");
  const bool is_hourly = frequency.recurrence == Recurrence::hourly;
  if (is_hourly) {
    want(frequency.end.has_value(), kCode, "an hourly schedule needs an end time");
    want(frequency.step.has_value(), kCode, "an hourly schedule needs an interval of hours");
  }
  if (frequency.end && frequency.recurrence <= Recurrence::daily) {
    want(*frequency.end > frequency.start, kCode, "the end must be after the start");
    want((*frequency.end - frequency.start) % hours(1) == seconds(0), kCode,
         "start and end must have the same minutes");
  }
  if (frequency.recurrence != Recurrence::monthly)
    want(!frequency.week_days.empty(), kCode, "at least one weekDay interval is needed");
  else
    want(!frequency.month_days.empty(), kCode, "a monthly schedule needs a monthDay");
}

base::WallTime next_run(const Frequency& frequency, base::WallTime after) {
  const auto today = std::chrono::floor<days>(after);
  // From yesterday, whose last runs may be today's; no day of the month is further away than two months.
  constexpr days kFarthest{64};
  for (auto day = today - days(1); day <= today + kFarthest; day += days(1))
    if (runs_on(frequency, day))
      if (const auto run = run_of(frequency, day, after)) return *run;
  return after;  // never reached by what was checked
}

}  // namespace tabferry::sim
