// Does what a plan says, unit by unit, and leaves a receipt for each. May be done again, by several at once and with
// any number of shards: what has a receipt is not done again, and no object is written over.
#pragma once

#include <map>
#include <optional>
#include <stop_token>
#include <string>

#include "backup/plan.h"
#include "backup/receipts.h"
#include "report/reporter.h"
#include "store/store.h"
#include "tableau/site.h"

namespace tabferry::backup {

struct Shard {
  unsigned number = 0;  // from 0
  unsigned of = 1;      // at least 1, and more than `number`
};

struct WorkOptions {
  bool only_closed_to_apps = false;  // of all shards: what their workers cannot read
  unsigned lanes = 32;
  uint64_t memory_bytes = uint64_t{512} << 20;  // of the whole process: where it is small fewer large objects at once
  int tries = 3;                                // of a unit, behind the retries of each request
  std::string run;                              // 16 hex digits: names the receipts
  std::optional<base::WallTime> locked_until;   // Object Lock of content
  std::stop_token deadline;                     // requested with `stop` where the time is up; none: no limit
};

struct WorkDone {
  std::map<Receipt::Outcome, uint64_t> units;  // by this call
  uint64_t receipts_found = 0;                 // of this shard: done by earlier calls
  bool sealed = false;                         // before: nothing was done
  uint64_t bytes = 0;                          // downloaded
  uint64_t downloads = 0;
  uint64_t documents = 0;
  uint64_t left = 0;       // units of this shard that are not done yet
  bool continues = false;  // the time was up before all of it was done: work again
};

// With a deadline: what is under way when it comes is named in the store (interrupted.h), comes first in the next call,
// and is given up (a failed receipt) where two such calls did not finish it.
// Throws where going on makes no sense: the site refuses the session, the store fails, cancelled. What was done is
// kept.
WorkDone work(const tableau::Site& site, const store::Store& store, const Plan& plan, const Shard& shard,
              const WorkOptions& options, const base::Clock& clock, report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::backup
