// What a worker has to do of a plan, and who of its lanes does what. Private to this room.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include "backup/interrupted.h"
#include "backup/plan.h"
#include "backup/receipts.h"

namespace tabferry::backup {

// Units of the plan, as places in it. The largest come first, so that none of them is begun last; before them those
// that were under way when an earlier run's time was up.
struct Todo {
  std::vector<size_t> units;
  std::vector<size_t> slow;  // had their time in a run and were not finished: few at once, so that each has more of it
  std::vector<size_t> given_up;  // the same, kMostInterruptions times; empty where this run's time is not limited
  uint64_t done = 0;             // of this shard, by earlier calls

  uint64_t left() const { return units.size() + slow.size(); }
  std::vector<size_t> all() const;  // but what is given up
};

// Which units of a plan are meant, and how long there is for them.
struct Part {
  unsigned number = 0, of = 1;       // the shard
  bool only_closed_to_apps = false;  // plan.h
  bool is_limited = false;           // the run's time is
};

// Of those units: what has no receipt yet, or a failed one.
Todo todo_of(const Plan& plan, const Part& part, const Receipts& receipts, const Interrupted& interrupted);

// Hands the units out. Any lane may call any member.
class Queue {
 public:
  // `lanes`: as many as there may be; a quarter of them, at least one, is for the slow ones.
  Queue(const Todo& todo, size_t lanes);

  // What that lane does next; absent where there is nothing for it. The first few lanes do the slow ones before all
  // else, the others never: whatever is slow, the rest is done meanwhile. A single lane does all, the slow ones first.
  std::optional<size_t> next(size_t lane);
  // Of all lanes together.
  bool empty() const;

 private:
  const Todo& todo_;
  const size_t slow_lanes_;
  mutable std::mutex mutex_;
  size_t units_ = 0, slow_ = 0;  // handed out
};

}  // namespace tabferry::backup
