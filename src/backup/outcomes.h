// What became of each unit of a plan, as the manifest tells it. Private to this room.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/plan.h"
#include "backup/receipts.h"
#include "backup/selector.h"
#include "base/clock.h"

namespace tabferry::backup {

// Failures that somebody knows of: they count as none.
struct Acceptance {
  Selector selector;
  std::string reason;
  std::optional<base::WallTime> until;  // from then on they count; absent: for ever
};

// How many failures make the whole backup one: a percentage, but no less than `at_least`. (A plain number: percent 0.)
struct FailureBound {
  unsigned percent = 10;
  uint64_t at_least = 20;
  uint64_t of(uint64_t items) const;
};

struct Outcomes {
  std::vector<Entry> entries;    // content, in the order of the plan
  std::vector<Missing> missing;  // documents that are not done
  uint64_t documents = 0;        // of the plan
  std::map<std::string, uint64_t> requests;
  std::vector<std::string> notes;
};

// Throws Error{conflict} where units have no receipt yet, with how many.
Outcomes outcomes_of(const Plan& plan, const Receipts& receipts);
// Marks the failures that are accepted at that time, and notes what was accepted and what is not any more.
void accept(Outcomes& outcomes, const std::vector<Acceptance>& known, base::WallTime now);
// Failures that nobody accepted.
uint64_t failures_of(const std::vector<Entry>& entries);
uint64_t failures_of(const std::vector<Missing>& missing);
// Throws Error{transient} where items or documents, each by itself, fail more often than the bound allows.
void refuse_failures(const Outcomes& outcomes, const FailureBound& bound);

}  // namespace tabferry::backup
