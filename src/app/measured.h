// A run whose numbers are told, however it ends. Private to this room.
#pragma once

#include <functional>
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
};

// Runs `body`, and writes its metrics where `metrics:` says (metrics.h); under Lambda ($AWS_LAMBDA_RUNTIME_API) as a
// line of EMF to stdout where it says nothing, also when the configuration cannot be read. What body throws goes on.
// Metrics that cannot be written are a warning.
CommandEnd measured(const Measured& run, const std::function<CommandEnd()>& body);

}  // namespace tabferry::app
