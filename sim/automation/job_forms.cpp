// How jobs look, and the requests about them
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_jobs_tasks_and_schedules.htm#query_job).
#include "sim/automation/jobs.h"
#include "sim/core/access.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Node content_in(const Item& job, const JobType& type) {
  Node node(type.content.empty() ? std::string_view(job.get("contentType")) : type.content);
  if (job.has("content")) node.with("id", job.get("content"));
  return node.with("name", job.get("_subject"));
}

// The children stand in the schema's order, which is another one in each form.
Node form_of(const Item& job, const JobType& type) {
  Node form(type.form);
  Node notes("notes");
  notes.holding(job.get("_notes"));
  if (type.form == "updateUploadedFileJob")
    return form.add(content_in(job, type))
        .add(Node("connectionLuid").holding(job.get("_connection")))
        .add(std::move(notes));
  if (job.has("_flowRunId")) form.with("flowRunId", job.get("_flowRunId"));
  return form.add(std::move(notes)).add(content_in(job, type));
}

Reply query_jobs(Desk& desk, const Call& call) { return paged(desk, call, Kind::job, visible_items(desk, Kind::job)); }

const Item& asked_for(const Desk& desk, const Call& call) {
  const Item& job = desk.site.at(Kind::job, call.parameter("id"));
  require(desk.site, *desk.user, job, "Read", 403004);
  return job;
}

// The first who asks hears that it runs; the second finds it done.
Reply query_job(Desk& desk, const Call& call) {
  const std::string id = asked_for(desk, call).id();
  look_at(desk, id);
  return {.payload = {node_of_job(desk.site.at(Kind::job, id))}};
}

// [INF] The answer shows what has become of it.
Reply cancel_job(Desk& desk, const Call& call) {
  const Item& job = asked_for(desk, call);
  if (job.has("completedAt")) refuse(403091, "The job '{}' is complete and cannot be cancelled.", job.id());
  const std::string id = job.id();
  cancel(desk, id);
  return {.payload = {node_of_job(desk.site.at(Kind::job, id))}};
}

}  // namespace

// Recorded from a real server: the answer to the publish has a finish code long before there is anything to finish.
Node answer_of_new(const Item& job) { return node_of_job(job).with("finishCode", "1"); }

Node node_of_job(const Item& job) {
  Node node("job");
  node.with("id", job.id()).with("mode", job.get("mode")).with("type", job.get("type"));
  node.with_number("progress", job.number("progress"));
  for (const char* field : {"createdAt", "startedAt", "updatedAt", "completedAt", "finishCode"})
    if (job.has(field)) node.with(field, job.get(field));
  if (const Node* notes = job.part("statusNotes")) node.add(*notes);
  const JobType type = job_type(job.get("type"));
  if (!type.form.empty() && !(type.only_failures && job.get("_notes").empty())) node.add(form_of(job, type));
  return node;
}

std::vector<Route> job_routes() {
  return {{"GET", "sites/{site}/jobs", query_jobs, {.since = 301}},
          {"GET", "sites/{site}/jobs/{id}", query_job},
          {"PUT", "sites/{site}/jobs/{id}", cancel_job, {.since = 301}}};
}

}  // namespace tabferry::sim
