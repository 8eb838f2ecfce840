// Flows that run one after the other. The doubled names of their elements are Tableau's.
#include "sim/automation/refresh.h"
#include "sim/automation/schedule_forms.h"
#include "sim/automation/tasks.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/render.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

const std::vector<Node>& steps_of(const Item& task) {
  static const std::vector<Node> kNone;
  const Node* steps = task.part("steps");
  return steps == nullptr ? kNone : steps->children;
}

Node flow_run_of(const Desk& desk, const Node& step) {
  Node run("flowRun");
  run.with("id", step.attribute_or("task", "")).with("priority", "50").with("consecutiveFailedCount", "0");
  run.with("type", "runFlow");
  return run.add(reference(desk.site, Kind::flow, "flow", step.attribute_or("flow", ""), "id name"));
}

Node step_node(const Desk& desk, const Node& step, size_t number) {
  Node node("linkedTaskSteps");
  node.with("id", step.attribute_or("id", "")).with_number("stepNumber", number);
  node.with_flag("stopDownstreamTasksOnFailure", step.attribute_or("stopsOnFailure", "") == "true");
  return node.add(Node("task").add(flow_run_of(desk, step)));
}

Node node_of_linked_task(const Desk& desk, const Item& task) {
  Node node("linkedTasks");
  node.with("id", task.id()).with_number("numSteps", steps_of(task).size()).add(schedule_of(desk, task));
  Node steps("linkedTaskSteps");
  steps.as_list();
  for (const auto& step : steps_of(task)) steps.add(step_node(desk, step, steps.children.size() + 1));
  return node.add(std::move(steps));
}

bool may_see(const Desk& desk, const Item& task) {
  if (is_site_admin(*desk.user)) return true;
  for (const auto& step : steps_of(task)) {
    const Item* flow = desk.site.find(Kind::flow, step.attribute_or("flow", ""));
    if (flow == nullptr || !may(desk.site, *desk.user, *flow, "Write")) return false;
  }
  return true;
}

std::vector<const Item*> visible_linked_tasks(const Desk& desk) {
  std::vector<const Item*> tasks;
  for (const auto& [id, task] : desk.site.all(Kind::linked_task))
    if (may_see(desk, task)) tasks.push_back(&task);
  return tasks;
}

Reply answer_with(const Desk& desk, const Call& call, std::vector<const Item*> tasks) {
  return paged(desk, call, Kind::linked_task, std::move(tasks),
               [&](const Item& task, Detail) { return node_of_linked_task(desk, task); });
}

const Item& asked_for(const Desk& desk, const Call& call) {
  const Item& task = desk.site.at(Kind::linked_task, call.parameter("id"));
  if (!may_see(desk, task)) refuse(403004, "User '{}' may not see this task.", desk.user->get("name"));
  return task;
}

Reply query_linked_tasks(Desk& desk, const Call& call) { return answer_with(desk, call, visible_linked_tasks(desk)); }

// [INF] A page of one, which is what the client library looks for; the schema also has an element linkedTask.
Reply query_linked_task(Desk& desk, const Call& call) { return answer_with(desk, call, {&asked_for(desk, call)}); }

// [INF] All flows start at once, each as a job of its own.
Reply run_linked_task(Desk& desk, const Call& call) {
  const Item task = asked_for(desk, call);
  for (const auto& step : steps_of(task)) start_flow_run(desk, desk.site.at(Kind::flow, step.attribute_or("flow", "")));
  Node job("linkedTaskJob");
  job.with("id", make_luid()).with("linkedTaskId", task.id()).with("status", "InProgress").with("createdAt", desk.now);
  return {.payload = {std::move(job)}};
}

}  // namespace

Item make_linked_task(const std::string& id, const std::string& schedule_id, const std::vector<LinkedStep>& steps) {
  Node part("steps");
  for (const auto& step : steps) {
    Node node("step");
    node.with("id", step.id).with("task", step.task_id).with("flow", step.flow_id);
    part.add(node.with_flag("stopsOnFailure", step.stops_on_failure));
  }
  return Item(Kind::linked_task, id).set("schedule", schedule_id).put_part(std::move(part));
}

std::vector<Route> linked_task_routes() {
  constexpr Terms kFlows{.since = 315, .feature = "flows"};
  return {{"GET", "sites/{site}/tasks/linked", query_linked_tasks, kFlows},
          {"GET", "sites/{site}/tasks/linked/{id}", query_linked_task, kFlows},
          {"POST", "sites/{site}/tasks/linked/{id}/runNow", run_linked_task, kFlows}};
}

}  // namespace tabferry::sim
