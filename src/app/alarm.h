// `verify` and `prune` in the night: whom `notify:` names hears where they fail or find a problem, never of a success
// (a ping of on_success says that there is a backup). Private to this room.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "app/command_end.h"
#include "app/settings.h"
#include "app/snapshot_commands.h"

namespace tabferry::app {

struct Told {
  CommandEnd end;
  std::vector<std::string> lines;  // for people, where it did not go well: what, why, what is there now, what to do
};

struct Watched {
  std::string command;  // "verify"
  std::string what;     // "the check of latest"
  std::string now;      // what is true when it failed: "Nothing in the store was changed."
  std::string retry;    // "tabferry verify latest"
};

// Runs `body` and tells as it ended; what it throws goes on.
CommandEnd with_alarm(const Caller& caller, const Settings& settings, const Watched& watched,
                      const std::function<Told()>& body);

}  // namespace tabferry::app
