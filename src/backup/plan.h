// What one backup will do: a value. plan.json holds it, and creating that object claims the snapshot's folder.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backup/unit.h"
#include "store/store.h"

namespace tabferry::backup {

// Which site it is, and who looks at it.
struct SiteFacts {
  std::string server;       // "https://10ax.online.tableau.com": the one signed in to, behind a redirect
  std::string luid;         // of the site
  std::string content_url;  // "" is a Server's default site
  std::string product_version, build, rest_api_version;
  std::string user;  // who signed in: the name
  std::string user_luid;
  std::string role;  // "SiteAdministratorCreator"
};

// A list of the site as the survey wrote it into the work folder (list_file.h).
struct ListRef {
  std::string kind;
  std::string key;
  std::string sha256;
};

// Something of the site that could not be listed at all.
struct Gap {
  std::string kind;     // "virtual_connections"
  bool failed = false;  // else unavailable: licence, version or policy
  int code = 0;
  std::string reason;
};

struct Plan {
  std::string snapshot;  // the folder's name
  std::string run;       // 16 hex digits: of the process that planned
  std::string as_of;     // the site's Date when the listing began
  std::string started;   // the store's clock
  SiteFacts site;
  std::string scope = "admin";  // or "visible": what this user sees, not the site
  std::string asked;            // the options that say what is to be in it, on one line: a resumed plan's are the same
  std::string incremental;      // and this: "reference", "copy", "off" (--full), as it was asked for; see `full`
  std::vector<std::string> tags;
  std::string base;       // the snapshot that unchanged items are taken over from; "" where there is none
  bool full = false;      // everything is downloaded
  std::string last_full;  // when everything was downloaded last: as_of of this plan, or of the base's last_full
  unsigned shards = 1;
  uint64_t list_requests = 0;
  std::vector<std::string> notes;   // for the report: discrepancies of lists, what made it full
  std::vector<std::string> limits;  // why it cannot be complete, though nothing fails: caps, lists in motion
  uint64_t left_out = 0;            // content items of the site that the options leave out
  std::vector<Gap> gaps;
  std::vector<ListRef> lists;
  std::vector<Unit> units;
};

// A plan.json as it stands in the store. A manifest names its hash.
struct StoredPlan {
  Plan plan;
  std::string sha256;
};

doc::Json to_json(const SiteFacts& site);
SiteFacts site_facts_of(const doc::Json& json, const std::string& where);
doc::Json to_json(const Gap& gap);
Gap gap_of(const doc::Json& json, const std::string& where);

// Creates plan.json if absent: its hash. Absent where that folder is taken: the caller goes on to the next second.
std::optional<std::string> claim(const store::Store& store, const Plan& plan);
// Absent where there is none; Error{corrupt} where it is no plan.
std::optional<StoredPlan> read_plan(const store::Store& store, const std::string& snapshot);
// Error{not_found} where there is none, with what makes one.
StoredPlan need_plan(const store::Store& store, const std::string& snapshot);

// What a connected app cannot read (tableau/scopes.h): backup-plan does it under its own sign-in where workers are one.
bool is_closed_to_apps(const Unit& unit);

// The unit's shard of n: balanced by size, the same for everyone who asks. One number a unit, in their order. What is
// closed to connected apps counts nothing there and is shard 0's.
std::vector<unsigned> shards_of(const std::vector<Unit>& units, unsigned n);

}  // namespace tabferry::backup
