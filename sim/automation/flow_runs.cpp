// Runs of flows: their jobs, seen from the flow
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_flow.htm#get_flow_runs).
#include <algorithm>

#include "sim/core/jobs.h"
#include "sim/core/list.h"
#include "sim/core/query.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// In the list the element has the list's own name.
Node node_of_run(const Item& job, std::string_view element = "flowRun") {
  Node run(element);
  run.with("id", job.get("_flowRunId")).with("flowId", job.get("content")).with("status", job.get("status"));
  for (const char* field : {"startedAt", "completedAt"})
    if (job.has(field)) run.with(field, job.get(field));
  return run.with_number("progress", job.number("progress")).with("backgroundJobId", job.id());
}

std::vector<const Item*> visible_runs(const Desk& desk) {
  auto jobs = visible_items(desk, Kind::job);
  std::erase_if(jobs, [](const Item* job) { return job->get("type") != "RunFlow"; });
  return jobs;
}

// [INF: the code.]
const Item& asked_for(const Desk& desk, const Call& call) {
  const auto runs = visible_runs(desk);
  const auto found = std::find_if(runs.begin(), runs.end(),
                                  [&](const Item* job) { return job->get("_flowRunId") == call.parameter("id"); });
  if (found == runs.end()) refuse(404029, "Flow run '{}' could not be found.", call.parameter("id"));
  return **found;
}

bool is_of(const std::vector<Condition>& conditions, const Item& job) {
  const Node run = node_of_run(job);
  return std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
    for (const char* known : {"flowId", "userId", "progress", "startedAt", "completedAt", "status"})
      if (condition.field == known)
        return holds(condition, condition.field == "userId" ? job.get("owner") : run.attribute_or(condition.field, ""));
    refuse(400008, "Invalid filter expression: unknown field '{}'.", condition.field);
  });
}

// Whole: the reference speaks of no pages, the schema wants a pagination.
Reply query_flow_runs(Desk& desk, const Call& call) {
  const auto conditions = parse_filter(call.query_value("filter").value_or(""));
  Node list("flowRuns");
  list.as_list();
  for (const Item* job : visible_runs(desk))
    if (is_of(conditions, *job)) list.add(node_of_run(*job, "flowRuns"));
  const Page page{.number = 1, .size = std::max<uint64_t>(100, list.children.size())};
  const size_t total = list.children.size();
  return {.payload = {pagination(page, total), std::move(list)}};
}

Reply query_flow_run(Desk& desk, const Call& call) {
  const std::string id = asked_for(desk, call).id();
  look_at(desk, id);
  return {.payload = {node_of_run(desk.site.at(Kind::job, id))}};
}

Reply cancel_flow_run(Desk& desk, const Call& call) {
  const Item& job = asked_for(desk, call);
  if (job.has("completedAt")) refuse(403091, "The flow run is complete and cannot be cancelled.");
  const std::string id = job.id();
  cancel(desk, id);
  return {.payload = {node_of_run(desk.site.at(Kind::job, id))}};
}

}  // namespace

std::vector<Route> flow_run_routes() {
  constexpr Terms kFlows{.since = 310, .feature = "flows"};
  return {{"GET", "sites/{site}/flows/runs", query_flow_runs, kFlows},
          {"GET", "sites/{site}/flows/runs/{id}", query_flow_run, kFlows},
          {"PUT", "sites/{site}/flows/runs/{id}", cancel_flow_run, kFlows}};
}

}  // namespace tabferry::sim
