#include "app/snapshot_name.h"

#include "base/error.h"
#include "base/text.h"

namespace tabferry::app {

void check_snapshot_name(std::string_view name) {
  if (!name.empty() && name != "null" && !name.starts_with('-')) return;
  base::fail(base::ErrorKind::usage,
             "the snapshot's name is {}, which is no name: did the step fail that was to print it? `jq -er` and `set "
             "-euo pipefail` end a script there; `tabferry snapshots` lists the names",
             name.empty() ? "empty" : base::quoted(name));
}

}  // namespace tabferry::app
