// The item that a request is about, by its path alone.
#pragma once

#include <optional>
#include <string>

#include "sim/core/call.h"
#include "sim/core/simulator.h"
#include "sim/faults/fault_log.h"

namespace tabferry::sim {

// A copy of the item that stands behind sites/{site}/ in the route: of "sites/{site}/workbooks/{id}/content" the
// workbook. Absent where there is no such item. Takes the lock.
std::optional<Item> item_in_path(Simulator& simulator, const Call& call);

Occasion occasion_of(const Call& call, const Item& item);

// What a download of it is called: {"tableau_workbook", "Sales.twbx"}.
struct NamedFile {
  std::string part;
  std::string filename;
};
NamedFile named_file(const Item& item);

}  // namespace tabferry::sim
