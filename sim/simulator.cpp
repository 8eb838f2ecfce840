#include "sim/simulator.h"

#include "sim/rules.h"

namespace tabferry::sim {
namespace {

// A job that nobody asks for is done after this long; one that is asked for, at the second look.
constexpr std::chrono::seconds kUnwatchedJob{5};

State initial_state(const Content& content, const SimulatorOptions& options, base::WallTime now) {
  const auto text = content.load_state();
  State state = text ? parse_state(*text, content.state_path().string()) : make_demo_site(now);
  for (const auto& path : options.projects) ensure_project(state, parse_project_path(path), now);
  return state;
}

std::set<std::string> named_files(const State& state) {
  std::set<std::string> names;
  for (const auto& [id, datasource] : state.datasources) names.insert(datasource.content_file);
  for (const auto& [id, job] : state.jobs)
    if (job.order) names.insert(job.order->content_file);
  return names;
}

}  // namespace

Simulator::Simulator(const std::filesystem::path& folder, SimulatorOptions opts, const base::Clock& clock)
    : options(std::move(opts)),
      content(folder),
      faults(options.faults),
      clock_(clock),
      world_{{}, {}, Uploads(content)} {
  world_.state = initial_state(content, options, now());
  content.save_state(to_text(world_.state));
  content.keep_only(named_files(world_.state));
}

void Simulator::advance_jobs(World& world) {
  std::vector<std::string> due;
  for (const auto& [id, job] : world.state.jobs)
    if (job.completed_at.empty() && base::parse_iso_time(job.created_at).value_or(now()) + kUnwatchedJob <= now())
      due.push_back(id);
  for (const auto& id : due) finish(world, id);
}

void Simulator::finish(World& world, const std::string& job_id) {
  const std::string orphan =
      change(world, [&](State& state) { return finish_job(state, state.jobs.at(job_id), now()); });
  content.remove(orphan);
}

}  // namespace tabferry::sim
