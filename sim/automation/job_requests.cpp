// The requests about jobs
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm#query_job).
#include "sim/core/jobs.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Reply query_jobs(Desk& desk, const Call& call) { return paged(desk, call, Kind::job, visible_items(desk, Kind::job)); }

// The first who asks hears that it runs; the second finds it done.
Reply query_job(Desk& desk, const Call& call) {
  const std::string id = asked_item(desk, call, Kind::job, "Read").id();
  look_at(desk, id);
  return {.payload = {node_of_job(desk.site.at(Kind::job, id))}};
}

// [INF] The answer shows what has become of it.
Reply cancel_job(Desk& desk, const Call& call) {
  const Item& job = asked_item(desk, call, Kind::job, "Read");
  if (job.has("completedAt")) refuse(403091, "The job '{}' is complete and cannot be cancelled.", job.id());
  const std::string id = job.id();
  cancel(desk, id);
  return {.payload = {node_of_job(desk.site.at(Kind::job, id))}};
}

}  // namespace

std::vector<Route> job_routes() {
  return {{"GET", "sites/{site}/jobs", query_jobs, {.since = 301}},
          {"GET", "sites/{site}/jobs/{id}", query_job},
          {"PUT", "sites/{site}/jobs/{id}", cancel_job, {.since = 301}}};
}

}  // namespace tabferry::sim
