// A run whose numbers are told, however it ends. Private to this room.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>

#include "app/command_end.h"
#include "app/settings.h"
#include "report/reporter.h"

namespace tabferry::app {

struct Measured {
  std::string command;  // "backup-work"
  const Flags& flags;
  const Environment& environment;
  report::Reporter& reporter;
  std::stop_token stop;  // of the run; behind it nobody looks into the store any more
  std::optional<unsigned> shard = {};  // of backup-work, as --shard says it; absent: an engine's variable may
};

// The configuration as the body read it; empty until then.
using ReadSettings = std::optional<Settings>;

// Runs `body`, and writes its metrics where the settings that it read say (`metrics:`; metrics.h); where it read none,
// under Lambda ($AWS_LAMBDA_RUNTIME_API) as a line of EMF to stdout. What body throws goes on. Metrics that cannot be
// written are a warning.
CommandEnd measured(const Measured& run, const std::function<CommandEnd(ReadSettings&)>& body);

}  // namespace tabferry::app
