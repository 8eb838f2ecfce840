// One content unit: its bytes become an object, hashed and looked at on the way, committed only when they are whole.
// Private to this room.
#pragma once

#include <atomic>
#include <functional>
#include <optional>
#include <set>
#include <stop_token>
#include <string>

#include "backup/memory_budget.h"
#include "backup/plan.h"
#include "backup/write_once.h"
#include "base/clock.h"
#include "store/store.h"
#include "tableau/site.h"

namespace tabferry::backup {

// What all lanes of a work share.
struct ContentShared {
  const store::Store& store;
  const Plan& plan;
  MemoryBudget& memory;
  WriteOnce& names;
  std::optional<base::WallTime> locked_until;
  std::function<void(uint64_t)> on_bytes;  // any lane: bytes that came
  std::function<void(const Unit&)> on_room;  // any lane: it had waited for memory, and begins now
  std::set<std::string> lost;  // earlier objects that went after the plan: what they held is downloaded after all
  std::atomic<bool> store_failed = false;  // set where the store throws: no other item would fare better
};

// One attempt. The receipt's outcome is done, referenced, gone or unavailable; what may pass (a cut body, 5xx) and what
// is damaged is thrown.
Receipt do_content(const Unit& unit, tableau::Site& site, ContentShared& shared, std::stop_token stop);

}  // namespace tabferry::backup
