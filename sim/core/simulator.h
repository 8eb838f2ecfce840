// The simulator: a site under one mutex, its folder, its faults. It knows no HTTP; sim/http does.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <type_traits>
#include <vector>

#include "base/clock.h"
#include "sim/core/folder.h"
#include "sim/core/journal.h"
#include "sim/core/sessions.h"
#include "sim/core/site.h"
#include "sim/core/uploads.h"
#include "sim/faults/fault_rules.h"
#include "sim/faults/index_lag.h"
#include "sim/faults/request_counts.h"

namespace tabferry::sim {

enum class Profile { server, cloud };

struct SimulatorOptions {
  std::vector<std::string> projects;               // paths to add, as parse_project_path() reads them
  std::vector<Fault> faults;                       // that stand from the start
  uint64_t fault_seed = 0;                         // of the dice of those that have a chance
  uint64_t max_single_bytes = uint64_t{64} << 20;  // the largest file in one publishing request, the largest block
  Profile profile = Profile::server;
  int api = 329;                               // the newest version of the REST API it speaks: 329 is 3.29
  std::set<std::string, std::less<>> without;  // features that it has no licence for
  std::vector<std::string> users;              // to add, as parse_user() of people/users.h reads them
  uint64_t session_minutes = 0;                // how long a session may idle; 0: as the profile's real ones
};

// 240 minutes on a server, 120 on Tableau Cloud, where nothing else was asked for.
std::chrono::minutes idle_limit(const SimulatorOptions& options);
// "3.27" is 327. Throws Error{usage} for what is no version, or none that this program knows (3.0 to 3.29).
int parse_api_version(const std::string& text);
// The names that --without knows.
std::vector<std::string> features();

// What the mutex guards.
struct World {
  Site site;
  Sessions sessions;
  Uploads uploads;
  std::set<std::string> running_jobs;  // ids
};

class Simulator {
 public:
  // Takes up the site in `folder`, or makes the demo site there. Throws Error{refused} (in use), Error{corrupt}.
  Simulator(const std::filesystem::path& path, SimulatorOptions options, const base::Clock& clock);

  // Runs `work(world)` with the mutex held, for looking and for what is no item (sessions, uploads). No file content is
  // moved in there.
  template <class Work>
  auto locked(Work work) {
    const std::lock_guard lock(mutex_);
    return work(world_);
  }

  // The same, and what the work changes of the site is kept, in the journal first, when it returns; when it throws, or
  // the disk fails, the site is as it was. Files that no item names any more are removed.
  template <class Work>
  auto change(Work work) {
    const std::lock_guard lock(mutex_);
    Undo undo(world_.site);
    if constexpr (std::is_void_v<std::invoke_result_t<Work, World&>>) {
      work(world_);
      keep_changes();
    } else {
      auto result = work(world_);
      keep_changes();
      return result;
    }
  }

  base::WallTime now() const { return clock_.now(); }
  std::string now_text() const { return base::iso_time(now()); }  // as the REST API writes times

  const SimulatorOptions options;
  const Folder folder;
  FaultRules faults;
  IndexLag index_lag;
  RequestCounts requests;
  std::string base_url;  // "http://127.0.0.1:8000"; set before the first request

 private:
  // Rolls back what was not kept.
  struct Undo {
    explicit Undo(Site& changed) : site(changed) { site.begin(); }
    ~Undo() { site.roll_back(); }
    Site& site;
  };
  void keep_changes();

  const base::Clock& clock_;
  std::mutex mutex_;
  World world_;
  Journal journal_;
};

}  // namespace tabferry::sim
