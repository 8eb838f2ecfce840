// Which items need no download: the rule of an incremental backup (design: "Incremental"), as a pure function.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backup/manifest.h"
#include "backup/plan.h"
#include "backup/receipts.h"
#include "base/clock.h"

namespace tabferry::backup {

enum class Incremental { reference, copy, off };
std::string_view name_of(Incremental incremental);  // "reference"

// How long before a listing's Date a change must lie, to be sure to have been in what was downloaded under that
// listing.
inline constexpr std::chrono::minutes kSettled{5};

// The rule of a download that the site refused the last time, by licence, version or policy.
inline constexpr std::string_view kAskedAgain = "not on offer the last time";

// An item of an earlier snapshot whose bytes may be taken over.
struct Saved {
  std::string updated_at;
  std::string fingerprint;
  Earlier bytes;  // as_of: the listing under which they were taken
};
using SavedItems = std::unordered_map<std::string, Saved>;  // by Unit::id

// What the site did not give out, by licence, version or policy, and what the item looked like then.
struct Refusal {
  std::string updated_at;
  std::string fingerprint;
  int code = 0;
  std::string reason;
};
using Refusals = std::unordered_map<std::string, Refusal>;  // by Unit::id

Refusals refusals_of(const Manifest& manifest);

// What `manifest` saved, as far as its bytes are there.
SavedItems saved_items(const Manifest& manifest);

// Of a run that was never sealed: what has a receipt is there as well.
void add_saved(const StoredPlan& stored, const Receipts& receipts, SavedItems& saved);

// Gives each content unit its verb, rule and `earlier`. Not taken over (download): what the earlier snapshot has not,
// what changed, what has changed too close to the earlier listing, and what may have a newer extract. A unit that is
// downloaded keeps the saved one as `earlier`: its last good one should it fail.
void decide(std::vector<Unit>& content, const SavedItems& saved, Incremental incremental, bool full);

// Behind decide(): of what there is no earlier copy of. In another one's Personal Space nobody but the owner may read
// (tableau-rest: 403 for administrators too), so what is unchanged there is left, but where all is asked for; the rest
// is asked for again, for licences and rights change without a trace on the item.
void decide_refused(std::vector<Unit>& content, const Refusals& refused, bool full);

}  // namespace tabferry::backup
