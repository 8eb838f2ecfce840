// Extract refreshes, flow runs, data acceleration
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm; flows in
// rest_api_ref_flow.htm).
#include "sim/automation/tasks.h"

#include "sim/automation/refresh.h"
#include "sim/automation/schedule_forms.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// Extract refreshes and data acceleration are one kind of item, but two lists.
bool is_acceleration(const Item& task) { return task.get("type") == kAcceleration; }

Node task_node(const Desk& desk, const Item& task) {
  Node node("task");
  return node.add(node_of_task(desk, task));
}

Reply list_of(const Desk& desk, const Call& call, Kind kind, bool of_acceleration) {
  auto tasks = visible_tasks(desk, kind);
  std::erase_if(tasks, [&](const Item* task) { return is_acceleration(*task) != of_acceleration; });
  return unpaged(desk, call, kind, std::move(tasks), [&](const Item& task, Detail) { return task_node(desk, task); });
}

// Refuses with 404026 what is not there, what is another list's, what is about nothing any more.
const Item& asked_for(const Desk& desk, const Call& call, Kind kind, bool of_acceleration = false) {
  const Item& task = desk.site.at(kind, call.parameter("id"));
  const Item* content = content_of(desk.site, task);
  if (content == nullptr || is_acceleration(task) != of_acceleration)
    refuse(404026, "Task '{}' could not be found.", call.parameter("id"));
  // An administrator manages the tasks of personal spaces, too, whose content is not his to change.
  if (!is_site_admin(*desk.user)) require(desk.site, *desk.user, *content, "Write", 403004);
  return task;
}

template <Kind kind>
Reply query_tasks(Desk& desk, const Call& call) {
  return list_of(desk, call, kind, false);
}

template <Kind kind>
Reply query_task(Desk& desk, const Call& call) {
  return {.payload = {task_node(desk, asked_for(desk, call, kind))}};
}

template <Kind kind, bool of_acceleration = false>
Reply delete_task(Desk& desk, const Call& call) {
  const std::string id = asked_for(desk, call, kind, of_acceleration).id();
  desk.site.erase(kind, id);
  return {.status = 204};
}

Reply query_accelerations(Desk& desk, const Call& call) { return list_of(desk, call, Kind::extract_task, true); }

template <Kind kind>
Reply run_task(Desk& desk, const Call& call) {
  const Item task = asked_for(desk, call, kind);
  return {.status = 202, .payload = {start_task(desk, task)}};
}

// "FullRefresh" and "IncrementalRefresh" of the requests; the words of the lists are taken too.
std::string_view extract_type(const Node& asked) {
  const std::string word = asked.attribute_or("type", "FullRefresh");
  if (word == "IncrementalRefresh" || word == kIncrementalRefresh) return kIncrementalRefresh;
  if (word == "FullRefresh" || word == kFullRefresh) return kFullRefresh;
  refuse(400003, "'{}' is no type of extract refresh.", word);
}

const Node& target_in(const Node& asked) {
  if (asked.children.size() != 1)
    refuse(400000, "Payload is either malformed or incomplete: no content in '{}'.", asked.name);
  return asked.children.front();
}

// As Tableau Cloud answers it: the task without its schedule, and the schedule beside it.
Payload answer_of(const Desk& desk, const Item& task) {
  Node node = node_of_task(desk, task);
  std::erase_if(node.children, [](const Node& child) { return child.name == "schedule"; });
  return {std::move(node), schedule_of(desk, task)};
}

Reply create_extract_task(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"extractRefresh", "schedule"});
  const Node& asked = needed_child(root, "extractRefresh");
  expect_only(asked, {"type"}, {"workbook", "datasource"});
  Item task = make_task(make_luid(), refreshable(desk, target_in(asked)), extract_type(asked));
  task.put_part(own_schedule(desk, needed_child(root, "schedule")));
  return {.status = 201, .payload = answer_of(desk, desk.site.put(std::move(task)))};
}

Reply update_extract_task(Desk& desk, const Call& call) {
  Item task = asked_for(desk, call, Kind::extract_task);
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"extractRefresh", "schedule"});
  if (const Node* asked = root.child("extractRefresh")) {
    expect_only(*asked, {"type"}, {"workbook", "datasource"});
    if (asked->attribute("type")) task.set("type", extract_type(*asked));
    if (!asked->children.empty() && refreshable(desk, target_in(*asked)).id() != task.get("content"))
      refuse(404009, "The task is about other content.");
  }
  if (const Node* schedule = root.child("schedule")) {
    Node kept = own_schedule(desk, *schedule);
    if (const Node* before = task.part("schedule"))
      for (auto& attribute : kept.attributes)
        if (attribute.name == "createdAt") attribute.value = before->attribute_or("createdAt", attribute.value);
    task.put_part(std::move(kept));
  }
  return {.payload = answer_of(desk, desk.site.put(std::move(task)))};
}

Reply create_flow_task(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"runFlow", "schedule"});
  const Node& asked = needed_child(root, "runFlow");
  expect_only(asked, {"type"}, {"flow", "flowRunSpec"});
  Item task = make_task(make_luid(), refreshable(desk, needed_child(asked, "flow")), kFlowRun);
  task.put_part(own_schedule(desk, needed_child(root, "schedule")));
  return {.status = 201, .payload = {task_node(desk, desk.site.put(std::move(task)))}};
}

}  // namespace

std::vector<Route> task_routes() {
  constexpr Terms kCloud{.since = 319, .only = Only::cloud};
  constexpr Terms kFlows{.since = 303, .feature = "flows"};
  constexpr Terms kCloudFlows{.since = 322, .only = Only::cloud, .feature = "flows"};
  constexpr Terms kAccelerations{.since = 308, .until = 315};
  return {
      {"GET", "sites/{site}/tasks/extractRefreshes", query_tasks<Kind::extract_task>, {.since = 206}},
      {"POST", "sites/{site}/tasks/extractRefreshes", create_extract_task, kCloud},
      {"GET", "sites/{site}/tasks/extractRefreshes/{id}", query_task<Kind::extract_task>, {.since = 206}},
      {"POST", "sites/{site}/tasks/extractRefreshes/{id}", update_extract_task, kCloud},
      {"PUT", "sites/{site}/tasks/extractRefreshes/{id}", update_extract_task, kCloud},  // [INF] some clients do
      {"DELETE", "sites/{site}/tasks/extractRefreshes/{id}", delete_task<Kind::extract_task>, {.since = 306}},
      {"POST", "sites/{site}/tasks/extractRefreshes/{id}/runNow", run_task<Kind::extract_task>, {.since = 206}},
      {"GET", "sites/{site}/tasks/runFlow", query_tasks<Kind::flow_task>, kFlows},
      {"GET", "sites/{site}/tasks/runFlow/{id}", query_task<Kind::flow_task>, kFlows},
      {"DELETE", "sites/{site}/tasks/runFlow/{id}", delete_task<Kind::flow_task>, kFlows},
      {"POST", "sites/{site}/tasks/runFlow/{id}/runNow", run_task<Kind::flow_task>, kFlows},
      {"POST", "sites/{site}/tasks/flows", create_flow_task, kCloudFlows},
      {"GET", "sites/{site}/tasks/dataAcceleration", query_accelerations, kAccelerations},
      {"DELETE", "sites/{site}/tasks/dataAcceleration/{id}", delete_task<Kind::extract_task, true>, kAccelerations}};
}

}  // namespace tabferry::sim
