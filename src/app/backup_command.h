// `tabferry backup` and its three steps for engines: settings -> site, store, options -> report. The place that wires
// the backup trade.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/command_end.h"
#include "app/settings.h"
#include "report/reporter.h"

namespace tabferry::app {

struct BackupRequest {
  enum class Step { all, preview, plan, work, seal } step = Step::all;

  Flags flags;
  std::vector<std::string> only;  // SELECTORs; beside backup.include
  std::vector<std::string> tags;
  std::optional<std::string> scope;  // --scope admin|visible
  bool full = false;                 // --full
  bool resume = true;                // --no-resume
  std::string snapshot;              // of work and seal
  std::optional<unsigned> shard;     // of work: --shard i/n; absent: an engine's variable says it (shard_index.h)
  unsigned shards = 0;               // of plan and work; 0: one, and as many as were planned
  // Of a run of limited time (Lambda): requested, with `stop`, where its time is up. What is saved by then stays, and the
  // report of a whole backup, a plan and a worker has the status `continues`: the same request again goes on.
  std::stop_token deadline;
};

// Exit code 0, or 3 (partial). Throws for what has no report: config, sign-in, a lease that another one holds
// (Error{refused}), cancelled. Whatever the end of a whole backup or of a seal, those whom `notify:` names are told.
CommandEnd backup(const BackupRequest& request, const Environment& environment, report::Reporter& reporter,
                  std::stop_token stop);

}  // namespace tabferry::app
