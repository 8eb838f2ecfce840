// What a store has of a site already, as far as a new backup goes on with it or builds on it. Private to this room.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/plan.h"
#include "backup/snapshots.h"
#include "backup/takeover.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

// How long a run that was cut short can be gone on with.
inline constexpr std::chrono::hours kResumable{6};

// Back to the newest complete one (by the name of the folders; a luid decides later), the newest first.
std::vector<Snapshot> snapshots_of(const store::Store& store, const SiteFacts& site);

// The newest run that was cut short less than six hours ago, was asked the same (of the site and with the options of
// `outline`), and can be finished. One that was asked otherwise is told to the reporter.
std::optional<StoredPlan> resumable(const store::Store& store, const std::vector<Snapshot>& snapshots,
                                    const Plan& outline, report::Reporter& reporter);

// What a plan may build on.
struct Before {
  std::optional<ManifestHead> base;
  std::optional<Plan> cut;             // newer than the base; without its units
  SavedItems saved;                    // of both, as far as it is there
  Refusals refused;                    // by the base
};
// Reads them. What of it cannot be relied on is left out, and noted. An object of which only the ETag is another one
// (the store was copied) is read, and counts where its bytes are the same. Throws Error{cancelled}, and what the store
// throws at its listings.
Before before_of(const store::Store& store, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                 std::vector<std::string>& notes, report::Reporter& reporter, const std::stop_token& stop);

// A site of which something fails every day has partial ones alone, and they too may have downloaded everything that
// was asked for: they count where that is what is asked for now.
std::string last_full_of(const std::vector<Snapshot>& snapshots, const Plan& plan, const Before& before);

}  // namespace tabferry::backup
