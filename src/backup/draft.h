// A plan before it has a folder, and the claim of one. Private to this room.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/run.h"
#include "backup/snapshots.h"

namespace tabferry::backup {

struct Draft {
  Plan plan;
  std::vector<SurveyedList> lists;
};

// Of what a plan is to be: its site, scope, options and tags. It is gone on with only by a run that would plan the
// same.
Plan outline_of(const BackupOptions& options, const SiteFacts& site, const std::string& scope);

// All but the claim: asks the site and reads the store, writes nothing but `folder`. `snapshots`: as snapshots_of() has
// them.
Draft draft(const Shores& shores, const BackupOptions& options, Plan outline, const std::vector<Snapshot>& snapshots,
            const std::filesystem::path& folder, std::stop_token stop);

// Takes the next free second, never before the newest snapshot's: writes the lists, then plan.json.
StoredPlan claim_folder(const store::Store& store, Draft draft, const std::vector<Snapshot>& snapshots);

}  // namespace tabferry::backup
