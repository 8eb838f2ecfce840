// What happens by itself on a made site: schedules, tasks, subscriptions, alerts, webhooks, jobs.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "sim/automation/tasks.h"
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

constexpr std::array kFrequencies = {"Daily", "Hourly", "Weekly", "Monthly"};
constexpr std::array kWeekDays = {"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"};

Node interval(std::string_view name, std::string_view value) { return Node("interval").with(name, value); }

// As the schema has it (frequencyDetails); every form that Cloud takes, which is the stricter one.
Node frequency_details(uint64_t number) {
  const std::string_view frequency = kFrequencies[number % kFrequencies.size()];
  Node details("frequencyDetails"), intervals("intervals");
  details.with("start", fmt::format("{:02}:{:02}:00", number % 12, 5 * (number % 12)));
  if (frequency == "Hourly") {
    details.with("end", fmt::format("{:02}:{:02}:00", 12 + number % 12, 5 * (number % 12)));
    intervals.add(interval("hours", "4"));
  }
  if (frequency == "Monthly") intervals.add(interval("monthDay", number % 8 == 7 ? "LastDay" : "15"));
  if (frequency != "Monthly") intervals.add(interval("weekDay", kWeekDays[number % kWeekDays.size()]));
  return details.add(intervals.as_list());
}

// The schedule of a task or a subscription on Cloud stands in it.
Node own_schedule(uint64_t number) {
  Node schedule("schedule");
  schedule.with("frequency", kFrequencies[number % kFrequencies.size()]);
  return schedule.add(frequency_details(number));
}

void add_schedule(Making& making, uint64_t number) {
  constexpr std::array kTypes = {"Extract", "Subscription", "Flow"};
  Dice dice = making.dice(Kind::schedule, number);
  const std::string created = Making::past_time(dice);
  Item item = making.item(Kind::schedule, number);
  item.set("name",
           fmt::format("{} \"{}\" & more {}", kFrequencies[number % kFrequencies.size()], kTypes[number % 3], number));
  item.set("state", number % 10 == 9 ? "Suspended" : "Active").set_number("priority", 1 + dice.below(100));
  item.set("createdAt", created).set("updatedAt", Making::later_than(created, dice)).set("type", kTypes[number % 3]);
  item.set("frequency", kFrequencies[number % kFrequencies.size()]);
  making.put(item.set("executionOrder", number % 2 == 0 ? "Parallel" : "Serial").put_part(frequency_details(number)));
}

std::vector<std::string> schedules_of(Making& making, std::string_view type) {
  std::vector<std::string> fitting;
  for (const auto& id : making.ids(Kind::schedule))
    if (making.site().at(Kind::schedule, id).get("type") == type) fitting.push_back(id);
  return fitting;
}

// On a Server one of the schedules of that type; on Cloud, or where there is none, one of its own.
void set_schedule(Making& making, Item& item, std::string_view type, uint64_t number) {
  const auto fitting = schedules_of(making, type);
  if (fitting.empty())
    item.put_part(own_schedule(number));
  else
    item.set("schedule", fitting[number % fitting.size()]);
}

// A content item of `kinds` that is there: by turns. Absent where there are none.
std::optional<std::pair<Kind, std::string>> some_content(Making& making, std::initializer_list<Kind> kinds,
                                                         Dice& dice) {
  std::vector<Kind> there;
  std::copy_if(kinds.begin(), kinds.end(), std::back_inserter(there),
               [&](Kind kind) { return !making.ids(kind).empty(); });
  if (there.empty()) return std::nullopt;
  const Kind kind = dice.pick(there);
  return std::pair(kind, making.any(kind, dice));
}

void make_extract_task(Making& making, uint64_t number) {
  Dice dice = making.dice(Kind::extract_task, number);
  const auto content = some_content(making, {Kind::datasource, Kind::workbook}, dice);
  if (!content) return;
  Item item = make_task(making.item(Kind::extract_task, number).id(), making.site().at(content->first, content->second),
                        number % 4 == 0 ? kIncrementalRefresh : kFullRefresh);
  if (number % 20 == 0) item.set_number("consecutiveFailedCount", 5);
  set_schedule(making, item, "Extract", number);
  making.put(std::move(item));
}

void make_flow_task(Making& making, uint64_t number) {
  if (making.ids(Kind::flow).empty()) return;
  Dice dice = making.dice(Kind::flow_task, number);
  const Item& flow = making.site().at(Kind::flow, making.any(Kind::flow, dice));
  Item item = make_task(making.item(Kind::flow_task, number).id(), flow, kFlowRun);
  set_schedule(making, item, "Flow", number);
  making.put(std::move(item));
}

// A chain of two flows. On Cloud, which has no shared schedules, there are none.
void make_chain(Making& making, uint64_t number) {
  const auto schedules = schedules_of(making, "Flow");
  if (making.ids(Kind::flow).empty() || schedules.empty()) return;
  Dice dice = making.dice(Kind::linked_task, number);
  std::vector<LinkedStep> steps;
  for (int step = 0; step < 2; ++step)
    steps.push_back({.id = dice.uuid(), .task_id = dice.uuid(), .flow_id = making.any(Kind::flow, dice)});
  making.put(
      make_linked_task(making.item(Kind::linked_task, number).id(), schedules[number % schedules.size()], steps));
}

void make_subscription(Making& making, uint64_t number) {
  Dice dice = making.dice(Kind::subscription, number);
  const auto content = some_content(making, {Kind::view, Kind::workbook}, dice);
  if (!content) return;
  Item item = making.item(Kind::subscription, number);
  item.set("subject", "Your \"" + making.site().at(content->first, content->second).get("name") + "\"")
      .set("message", description_of(number))
      .set_flag("attachImage", true);
  item.set_flag("attachPdf", number % 2 == 0).set("pageOrientation", "LANDSCAPE").set("pageSizeOption", "A4");
  item.set_flag("suspended", number % 15 == 0).set("user", making.any(Kind::user, dice));
  item.set_flag("refreshExtractTriggered", false);
  item.set("content", content->second).set("contentType", content->first == Kind::view ? "View" : "Workbook");
  item.set_flag("sendIfViewEmpty", number % 3 == 0);
  set_schedule(making, item, "Subscription", number);
  making.put(std::move(item));
}

void make_alert(Making& making, uint64_t number) {
  constexpr std::array kHowOften = {"Once", "AsFrequentlyAsPossible", "Hourly", "Daily", "Weekly"};
  if (making.ids(Kind::view).empty()) return;
  Dice dice = making.dice(Kind::data_alert, number);
  const std::string created = Making::past_time(dice), owner = making.any(Kind::user, dice);
  Item item = making.item(Kind::data_alert, number);
  item.set("subject", fmt::format("Below > & \"above\" {}", number)).set("creatorId", owner).set("owner", owner);
  item.set("createdAt", created)
      .set("updatedAt", Making::later_than(created, dice))
      .set("view", making.any(Kind::view, dice));
  item.set("frequency", kHowOften[number % kHowOften.size()]).set_flag("public", number % 2 == 0);
  item.set_flag("suspended", false).set("alertCondition", "above").set_number("alertThreshold", dice.below(1000));
  item.set("worksheetName", making.site().at(Kind::view, item.get("view")).get("name")).set("device", "default");
  Node recipients("recipients");
  for (uint64_t left = 1 + dice.below(3); left > 0; --left)
    recipients.add(Node("recipient").with("id", making.any(Kind::user, dice)));
  making.put(item.put_part(recipients.as_list()));
}

void make_webhook(Making& making, uint64_t number) {
  constexpr std::array kEvents = {"datasource-created", "workbook-updated",           "datasource-refresh-failed",
                                  "view-deleted",       "workbook-refresh-succeeded", "flow-completed"};
  Dice dice = making.dice(Kind::webhook, number);
  const std::string created = Making::past_time(dice);
  Item item = making.item(Kind::webhook, number);
  item.set("name", fmt::format("To chat & \"log\" {}", number)).set_flag("isEnabled", number % 4 != 3);
  item.set("owner", making.any(Kind::user, dice))
      .set("createdAt", created)
      .set("updatedAt", Making::later_than(created, dice));
  item.set("event", fmt::format("webhook-source-event-{}", kEvents[number % kEvents.size()]));
  making.put(item.set("_url", fmt::format("https://hooks.example.com/{}?key={}&x=1", number, dice.token(12))));
}

// All of them are over: a running one would go on when the site is served.
void make_job(Making& making, uint64_t number) {
  Dice dice = making.dice(Kind::job, number);
  const auto content = some_content(making, {Kind::datasource, Kind::workbook}, dice);
  const std::string started = Making::past_time(dice);
  if (!content) return;
  const std::string& name = making.site().at(content->first, content->second).get("name");
  const bool failed = number % 12 == 0;
  Item item = making.item(Kind::job, number);
  item.set("type", "RefreshExtract")
      .set("jobType", "refresh_extracts")
      .set("mode", "Asynchronous")
      .set("progress", "100");
  item.set("createdAt", started).set("startedAt", started).set("completedAt", started).set("endedAt", started);
  item.set("updatedAt", started).set_number("finishCode", failed ? 1 : 0).set("status", failed ? "Failed" : "Success");
  item.set("content", content->second).set("contentType", content->first == Kind::workbook ? "workbook" : "datasource");
  item.set("priority", "50").set("_subject", name).set("title", name).set("owner", making.any(Kind::user, dice));
  making.put(std::move(item));
}

}  // namespace

void make_automation(Making& making) {
  const Counts& counts = making.counts();
  const auto times = [&](uint64_t count, const auto& make) {
    for (uint64_t number = 0; number < count; ++number) make(making, number);
  };
  if (!making.is_cloud()) times(counts.schedules, add_schedule);
  times(counts.tasks, make_extract_task);
  times(counts.flow_tasks, make_flow_task);
  times(counts.linked_tasks, make_chain);
  times(counts.subscriptions, make_subscription);
  times(counts.alerts, make_alert);
  times(counts.webhooks, make_webhook);
  times(counts.jobs, make_job);
}

}  // namespace tabferry::sim::make
