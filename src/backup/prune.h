// Takes away the snapshots that no rule keeps, and never a byte that another one names.
//
// The order, for each site under its lease: a mark in the snapshot's work folder; the plan, then the rest of the work
// folder; the manifest; then all manifests and plans of the store are read again, and of the folders without a manifest
// goes what none of them names. What they name stays, under its mark, until a later prune. A prune that is cut anywhere
// leaves whole snapshots and folders that the next one clears.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/retention.h"
#include "base/clock.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

struct PruneOptions {
  Retention retention;
  std::string site;  // a content URL ("Default"): that one alone; empty: all sites of the store, each by itself
  bool dry_run = false;
};

struct Pruned {
  struct Verdict {
    std::string snapshot;
    Snapshot::State state = Snapshot::State::complete;
    bool stays = true;
    std::string reason;    // of both
    uint64_t objects = 0;  // that were (with dry_run: would be) taken away, work folder included
    uint64_t bytes = 0;
    uint64_t named = 0;  // objects that stay, for others name them
  };
  std::vector<Verdict> snapshots;  // in the order of their time
  uint64_t aborted_uploads = 0;
  std::vector<std::string> notes;  // what is locked and until when
};

// Throws Error{usage} where no rule is given; Error{corrupt}, before anything is taken away, where a manifest or a plan
// of the store cannot be read, for what that names is not known; Error{refused} where another run holds the lease of a
// site, then sites before it are done; Error{cancelled} and what the store throws.
Pruned prune(const store::Store& store, const PruneOptions& options, const base::Clock& clock,
             report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::backup
