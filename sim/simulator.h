// The site: its state under one mutex, its folder, its faults. It knows no HTTP; server.h does.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sim/content.h"
#include "sim/faults.h"
#include "sim/sessions.h"
#include "sim/state.h"
#include "sim/uploads.h"

namespace tabferry::sim {

struct SimulatorOptions {
  std::vector<std::string> projects;                    // paths to add, as parse_project_path() reads them
  FaultPlan faults;
  uint64_t max_single_bytes = uint64_t{64} << 20;       // the largest file in one publishing request, the largest block
};

// What the mutex guards.
struct World {
  State state;
  Sessions sessions;
  Uploads uploads;
};

class Simulator {
 public:
  // Takes up the state in `folder`, or makes the demo site there. Throws Error{refused} (in use), Error{corrupt}.
  Simulator(const std::filesystem::path& folder, SimulatorOptions options, const base::Clock& clock);

  // Runs `work(world)` with the mutex held. No file content is moved in there.
  template <class Work>
  auto locked(Work work) {
    const std::lock_guard lock(mutex_);
    return work(world_);
  }

  // Makes the change that `rule(state)` makes to a copy durable, and then the state; where the rule refuses or the disk
  // fails, nothing has changed. Returns what the rule returns. Called with the mutex held.
  template <class Rule>
  auto change(World& world, Rule rule) {
    State changed = world.state;
    auto result = rule(changed);
    content.save_state(to_text(changed));
    world.state = std::move(changed);
    return result;
  }

  // Finishes the jobs that have run long enough. Called with the mutex held, before anybody looks.
  void advance_jobs(World& world);
  // Finishes one job now. Called with the mutex held.
  void finish(World& world, const std::string& job_id);

  base::WallTime now() const { return clock_.now(); }

  const SimulatorOptions options;
  const Content content;
  Faults faults;
  std::string base_url;   // "http://127.0.0.1:8000"; set before the first request

 private:
  const base::Clock& clock_;
  std::mutex mutex_;
  World world_;
};

}  // namespace tabferry::sim
