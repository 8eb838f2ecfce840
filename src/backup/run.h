// A backup from its first list to its seal, and the three steps of it as an engine drives them: plan, work, seal.
//
// One process is the case of one shard. Any step may be repeated; an incomplete run of the same site and the same
// options that is younger than six hours is gone on with.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backup/lease.h"
#include "backup/manifest.h"
#include "backup/plan.h"
#include "backup/seal.h"
#include "backup/survey.h"
#include "backup/takeover.h"
#include "backup/work.h"
#include "report/reporter.h"
#include "store/store.h"
#include "tableau/site.h"

namespace tabferry::backup {

struct BackupOptions {
  Scope scope;
  bool resume = true;                 // an incomplete run is gone on with
  bool visible_only_allowed = false;  // --scope visible: who is no site administrator may back up what it sees
  Incremental incremental = Incremental::reference;
  std::optional<std::chrono::hours> full_every = std::chrono::hours(24 * 7);  // absent: never
  std::vector<std::string> tags;
  std::vector<std::string> limits;  // why this one is no backup of all that the configuration means: --only
  unsigned lanes = 32;
  uint64_t memory_bytes = uint64_t{512} << 20;
  uint64_t requests_per_hour = 0;  // for the preview: hours
  std::optional<unsigned> shards;  // of plan(), at least 1; absent: one, or those of the plan that is gone on with
  bool workers_by_app = false;     // of plan(): backup-work signs in by a connected app
  std::optional<base::WallTime> locked_until;
  std::stop_token deadline;  // of a run of limited time: requested with Shores::stop where it is up; none: no limit
  SealOptions seal;
};

// Where a backup happens. All of it outlives the call.
struct Shores {
  const tableau::Site& site;  // signed in
  std::string server;         // as configured
  std::string content_url;
  const store::Store& store;
  const base::Clock& clock;
  report::Reporter& reporter;
  std::stop_token stop;
};

// Of a user's siteRole; others see a part of the site.
bool is_administrator(std::string_view role);

// What a backup would do, for --dry-run: asks the site for its lists, writes nothing.
struct Preview {
  Plan plan;
  uint64_t downloads = 0, taken_over = 0, documents = 0;
  uint64_t asked_again = 0;     // beside the downloads: what was not on offer the last time
  uint64_t left = 0;            // the same, but it is not asked for, being unchanged in a Personal Space
  uint64_t download_bytes = 0;  // as listed
  uint64_t requests = 0;        // lists, documents, downloads and what is asked for again
  double hours_of_budget = 0;   // 0 where there is no budget
};
Preview preview(const Shores& shores, const BackupOptions& options);

struct Planned {
  StoredPlan stored;
  bool resumed = false;
  unsigned shards = 1;
  std::string shard_list_url;  // "s3://BUCKET/KEY" (shard_list.h); "" of one shard that nobody asked for
  WorkDone done_here;          // what workers cannot read, where they are connected apps and this sign-in is none
};
// Takes the lease for the plan's time, and leaves it to the workers. What only this sign-in can read has its receipts
// then, or the time was up before: done_here.continues, and the next call goes on.
Planned plan(const Shores& shores, const BackupOptions& options);
// Any user of that site may work: it needs the rights to what is saved, not those to list it. Error{config} where the
// plan is of another site.
WorkDone work(const Shores& shores, const BackupOptions& options, const std::string& snapshot, const Shard& shard);
// Ends the lease that plan and workers left; where it fails the lease stays theirs.
Sealed seal(const Shores& shores, const BackupOptions& options, const std::string& snapshot);

struct Backed {
  Planned planned;
  WorkDone worked;
  std::optional<Sealed> sealed;  // absent where the time was up before: worked.continues, and the next call goes on
};
// Throws Error{refused} where a call of limited time cannot do what must be done in one: list the site, or (twice)
// seal.
Backed backup(const Shores& shores, const BackupOptions& options);

}  // namespace tabferry::backup
