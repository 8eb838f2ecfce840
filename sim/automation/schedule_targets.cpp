// What is put on a shared schedule, and the extracts that are on it.
#include "sim/automation/schedules.h"
#include "sim/automation/tasks.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/render.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// The kinds of tasks by the element that asks for them, and the type of schedule that they go on.
struct TaskWord {
  std::string_view element;
  std::string_view type;
  std::string_view schedule_type;
};
constexpr TaskWord kWords[] = {{"extractRefresh", kFullRefresh, "Extract"},
                               {"runFlow", kFlowRun, "Flow"},
                               {"flowRun", kFlowRun, "Flow"},  // as the schema calls it
                               {"dataAcceleration", kAcceleration, "DataAcceleration"}};

const TaskWord& word_of(const Node& asked, int version) {
  for (const auto& word : kWords)
    if (word.element == asked.name && (word.type != kAcceleration || (version >= 308 && version <= 315))) return word;
  refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in 'task'.", asked.name);
}

void check_schedule(const Item& schedule, const TaskWord& word) {
  if (schedule.get("type") != word.schedule_type)
    refuse(400003, "Schedule '{}' is of type {}; this needs one of type {}.", schedule.get("name"),
           schedule.get("type"), word.schedule_type);
}

// [INF] Once is enough: the same task again is a conflict.
void check_new(const Site& site, const Item& task) {
  for (const Item* known : site.children(task.kind(), task.get("content")))
    if (known->get("schedule") == task.get("schedule") && known->get("type") == task.get("type"))
      refuse(409004, "There is such a task on this schedule already.");
}

const Node& only_child(const Node& node) {
  if (node.children.size() != 1)
    refuse(400000, "Payload is either malformed or incomplete: one element in '{}'.", node.name);
  return node.children.front();
}

// The path says what kind of content it is ("workbooks"), the body which one.
Reply add(Desk& desk, const Call& call, Kind kind) {
  const Item& schedule = desk.site.at(Kind::schedule, call.parameter("id"));
  const Node asked = call.request("task");
  expect_only(asked, {}, {"extractRefresh", "runFlow", "flowRun", "dataAcceleration"});
  const Node& wanted = only_child(asked);
  const TaskWord& word = word_of(wanted, call.version);
  const Node& target = only_child(wanted);
  if (content_kind(target.name, 400000) != kind) refuse(400000, "'{}' is not what this path is for.", target.name);
  const bool is_incremental = wanted.attribute_or("incremental", "") == "true";
  Item task = make_task(make_luid(), refreshable(desk, target), is_incremental ? kIncrementalRefresh : word.type);
  check_schedule(schedule, word);
  task.set("schedule", schedule.id()).set("priority", schedule.get("priority"));
  check_new(desk.site, task);
  return {.payload = {Node("task").add(node_of_task(desk, desk.site.put(std::move(task))))}};
}

template <Kind kind>
Reply add_to_schedule(Desk& desk, const Call& call) {
  return add(desk, call, kind);
}

Node extract_of(const Site& site, const Item& task) {
  Node node("extract");
  node.with("id", task.id()).with("priority", task.get("priority"));
  node.with("type", task.get("type") == kIncrementalRefresh ? "IncrementalRefresh" : "FullRefresh");
  return node.add(reference(site, content_of(site, task)->kind(), task.get("contentType"), task.get("content"), "id"));
}

// Tasks, under another list's name.
Reply query_extracts(Desk& desk, const Call& call) {
  const std::string& schedule = desk.site.at(Kind::schedule, call.parameter("id")).id();
  auto tasks = visible_tasks(desk, Kind::extract_task);
  std::erase_if(tasks, [&](const Item* task) { return task->get("schedule") != schedule; });
  Reply reply = paged(desk, call, Kind::extract_task, std::move(tasks),
                      [&](const Item& task, Detail) { return extract_of(desk.site, task); });
  reply.payload.back().name = "extracts";
  return reply;
}

}  // namespace

std::vector<Route> schedule_target_routes() {
  constexpr Terms kExtracts{.since = 208, .only = Only::server};
  constexpr Terms kFlows{.since = 303, .only = Only::server, .feature = "flows"};
  return {{"PUT", "sites/{site}/schedules/{id}/workbooks", add_to_schedule<Kind::workbook>, kExtracts},
          {"PUT", "sites/{site}/schedules/{id}/datasources", add_to_schedule<Kind::datasource>, kExtracts},
          {"PUT", "sites/{site}/schedules/{id}/flows", add_to_schedule<Kind::flow>, kFlows},
          {"GET", "sites/{site}/schedules/{id}/extracts", query_extracts, {.only = Only::server}}};
}

}  // namespace tabferry::sim
