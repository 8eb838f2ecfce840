// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm
#include "sim/automation/schedules.h"

#include <algorithm>
#include <charconv>
#include <span>

#include "base/text.h"
#include "sim/automation/frequency.h"
#include "sim/automation/schedule_forms.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr int kBadSchedule = 400064;
constexpr std::string_view kTypes[] = {"Extract", "Subscription", "Flow", "DataAcceleration"};
constexpr std::string_view kOrders[] = {"Parallel", "Serial"};
constexpr std::string_view kStates[] = {"Active", "Suspended"};

bool is_one_of(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void check_priority(const std::string& text) {
  int priority = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), priority);
  if (error != std::errc{} || end != text.data() + text.size() || priority < 1 || priority > 100)
    refuse(kBadSchedule, "Invalid schedule: priority '{}' is not from 1 to 100.", text);
}

void check_name(const Site& site, const std::string& name, std::string_view own_id) {
  if (base::trim(name).empty()) refuse(kBadSchedule, "Invalid schedule: the name is empty.");
  for (const auto& [id, schedule] : site.all(Kind::schedule))
    if (id != own_id && base::equal_ignoring_case(schedule.get("name"), name))
      refuse(409021, "A schedule named '{}' already exists.", name);
}

void check_word(const Node& asked, std::string_view attribute, std::span<const std::string_view> words) {
  const auto value = asked.attribute(attribute);
  if (value && !is_one_of(words, *value)) refuse(kBadSchedule, "Invalid schedule: {} '{}'.", attribute, *value);
}

// Takes over what the request says of a schedule; what it does not say stays.
void take_over(const Desk& desk, const Node& asked, Item& schedule) {
  if (const auto name = asked.attribute("name")) check_name(desk.site, *name, schedule.id());
  if (const auto priority = asked.attribute("priority")) check_priority(*priority);
  check_word(asked, "executionOrder", kOrders);
  check_word(asked, "state", kStates);
  for (const char* field : {"name", "priority", "executionOrder", "state", "type"})
    if (const auto value = asked.attribute(field)) schedule.set(field, *value);
  if (!asked.attribute("frequency") && asked.child("frequencyDetails") == nullptr) return;
  Node whole = asked;
  if (!asked.attribute("frequency")) whole.with("frequency", schedule.get("frequency"));
  check_for_server(parse_frequency(whole, kBadSchedule));
  schedule.set("frequency", whole.attribute_or("frequency", "")).put_part(kept_details(whole));
}

// [INF] Tableau Cloud has no shared schedules, and shows an empty list of them to all who ask.
Reply query_no_schedules(const Desk& desk, const Call& call) { return paged(desk, call, Kind::schedule, {}); }

Reply query_schedules(Desk& desk, const Call& call) {
  if (desk.is_cloud()) return query_no_schedules(desk, call);
  std::vector<const Item*> all;
  for (const auto& [id, schedule] : desk.site.all(Kind::schedule)) all.push_back(&schedule);
  return paged(desk, call, Kind::schedule, std::move(all),
               [&](const Item& schedule, Detail) { return node_of_schedule(desk, schedule, false); });
}

Reply query_schedule(Desk& desk, const Call& call) {
  return {.payload = {node_of_schedule(desk, desk.site.at(Kind::schedule, call.parameter("id")), true)}};
}

Reply create_schedule(Desk& desk, const Call& call) {
  const Node asked = call.request("schedule");
  expect_only(asked, {"name", "priority", "type", "frequency", "executionOrder"}, {"frequencyDetails"});
  for (const char* needed : {"name", "priority", "type", "frequency"})
    if (!asked.attribute(needed)) refuse(kBadSchedule, "Invalid schedule: the attribute '{}' is missing.", needed);
  check_word(asked, "type", kTypes);
  Item schedule(Kind::schedule, make_luid());
  schedule.set("state", "Active")
      .set("executionOrder", "Parallel")
      .set("createdAt", desk.now)
      .set("updatedAt", desk.now);
  take_over(desk, asked, schedule);
  return {.status = 201, .payload = {node_of_schedule(desk, desk.site.put(std::move(schedule)), true)}};
}

Reply update_schedule(Desk& desk, const Call& call) {
  const Node asked = call.request("schedule");
  expect_only(asked, {"name", "priority", "state", "frequency", "executionOrder"}, {"frequencyDetails"});
  Item schedule = desk.site.at(Kind::schedule, call.parameter("id"));
  take_over(desk, asked, schedule);
  schedule.set("updatedAt", desk.now);
  return {.payload = {node_of_schedule(desk, desk.site.put(std::move(schedule)), true)}};
}

// With the tasks and subscriptions on it [INF].
Reply delete_schedule(Desk& desk, const Call& call) {
  const std::string id = desk.site.at(Kind::schedule, call.parameter("id")).id();
  for (const Kind kind : {Kind::extract_task, Kind::flow_task, Kind::linked_task, Kind::subscription}) {
    std::vector<std::string> gone;
    for (const auto& [key, item] : desk.site.all(kind))
      if (item.get("schedule") == id) gone.push_back(key);
    for (const auto& key : gone) desk.site.erase(kind, key);
  }
  desk.site.erase(Kind::schedule, id);
  return {.status = 204};
}

std::vector<std::string> schedules_named(const Desk& desk, const Call& call) {
  std::vector<std::string> ids;
  if (call.query_flag("updateAll")) {
    for (const auto& [id, schedule] : desk.site.all(Kind::schedule)) ids.push_back(id);
    return ids;
  }
  for (const auto& one : call.request("scheduleLuids").children)
    ids.push_back(desk.site.at(Kind::schedule, one.text).id());
  return ids;
}

Reply update_states(Desk& desk, const Call& call) {
  const std::string wanted = base::lower(call.query_value("state").value_or(""));
  if (wanted != "active" && wanted != "suspended") refuse(400008, "Invalid state '{}'.", wanted);
  Node luids("scheduleLuids");
  luids.as_list();
  for (const auto& id : schedules_named(desk, call)) {
    Item schedule = desk.site.at(Kind::schedule, id);
    desk.site.put(schedule.set("state", wanted == "active" ? "Active" : "Suspended").set("updatedAt", desk.now));
    luids.add(Node("scheduleLuid").holding(id));
  }
  return {.payload = {std::move(luids)}};
}

Node weekly(std::string_view start, std::initializer_list<std::string_view> days) {
  Node intervals("intervals");
  intervals.as_list();
  for (const auto day : days) intervals.add(Node("interval").with("weekDay", day));
  Node details("frequencyDetails");
  details.with("start", start).add(std::move(intervals));
  Node schedule("schedule");
  return schedule.with("frequency", days.size() == 0 ? "Daily" : "Weekly").add(std::move(details));
}

}  // namespace

Item make_schedule(const std::string& id, std::string_view name, std::string_view type, const Node& frequency,
                   const std::string& now) {
  check_for_server(parse_frequency(frequency, kBadSchedule));
  Item schedule(Kind::schedule, id);
  schedule.set("name", name).set("state", "Active").set("priority", "50").set("createdAt", now).set("updatedAt", now);
  schedule.set("type", type).set("frequency", frequency.attribute_or("frequency", ""));
  return schedule.set("executionOrder", "Parallel").put_part(kept_details(frequency));
}

void put_default_schedules(Site& site, const std::string& now) {
  const Node mornings = weekly("04:00:00", {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday"});
  site.put(make_schedule(make_luid(), "Weekday early mornings", "Extract", mornings, now));
  site.put(make_schedule(make_luid(), "Monday morning", "Subscription", weekly("06:00:00", {"Monday"}), now));
  site.put(make_schedule(make_luid(), "Daily flows", "Flow", weekly("02:30:00", {}), now));
}

std::vector<Route> schedule_routes() {
  constexpr Terms kChange{.access = Access::server_admin, .only = Only::server};
  constexpr Terms kChangeMany{.access = Access::server_admin, .since = 327, .only = Only::server};
  return {{"GET", "schedules", query_schedules},
          {"POST", "schedules", create_schedule, kChange},
          {"PUT", "schedules", update_states, kChangeMany},
          {"GET", "schedules/{id}", query_schedule, {.since = 308}},
          {"PUT", "schedules/{id}", update_schedule, kChange},
          {"DELETE", "schedules/{id}", delete_schedule, kChange}};
}

}  // namespace tabferry::sim
