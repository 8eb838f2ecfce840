#include "sim/jobs.h"

#include "base/text.h"
#include "sim/routes.h"
#include "sim/rules.h"

namespace tabferry::sim {
namespace {

// The first who asks hears that it runs; the second finds it done.
Reply query_job(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const auto at = world.state.jobs.find(base::lower(call.parameter("id")));
    if (at == world.state.jobs.end()) refuse(404018, "Job '{}' could not be found.", call.parameter("id"));
    const std::string id = at->first;
    if (at->second.was_seen && at->second.completed_at.empty()) simulator.finish(world, id);
    Job& job = world.state.jobs.at(id);
    job.was_seen = true;
    return {.payload = {node_of(job)}};
  });
}

}  // namespace

Node node_of(const Job& job) {
  const bool is_done = !job.completed_at.empty();
  Node node("job");
  node.with("id", job.id).with("mode", "Asynchronous").with("type", job.type);
  node.with_number("progress", is_done ? 100 : job.was_seen ? 50 : 0).with("createdAt", job.created_at);
  if (job.was_seen || is_done) node.with("startedAt", job.created_at);
  if (is_done) node.with("completedAt", job.completed_at).with("finishCode", std::to_string(job.finish_code));
  // Recorded from a real server: the answer to the publish has a finish code long before there is anything to finish.
  if (!is_done && !job.was_seen) node.with("finishCode", "1");
  if (is_done && !job.notes.empty()) {
    Node refresh("extractRefreshJob");
    refresh.add(Node("notes").holding(job.notes)).add(Node("datasource").with("name", job.subject));
    node.add(std::move(refresh));
  }
  return node;
}

std::vector<Route> job_routes() { return {{"GET", "sites/{site}/jobs/{id}", query_job}}; }

}  // namespace tabferry::sim
