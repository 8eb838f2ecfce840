// Inside of the room: a snapshot's name as a command or an event brought it.
#pragma once

#include <string_view>

namespace tabferry::app {

// Throws Error{usage} for what an empty variable of a script leaves: "", "null" (jq's word for what is not there), and
// the next option ("--quiet"). No snapshot has such a name.
void check_snapshot_name(std::string_view name);

}  // namespace tabferry::app
