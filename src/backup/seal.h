// The last step of a backup: from the receipts to the manifest that makes the snapshot complete.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/outcomes.h"
#include "backup/plan.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

struct SealOptions {
  std::vector<Acceptance> accept_missing;
  FailureBound max_failures;
  std::optional<base::WallTime> locked_until;               // Object Lock of metadata and manifest
  std::function<std::string(const Manifest&)> report_page;  // report.html; the manifest lacks only that file
};

struct Sealed {
  Manifest manifest;         // as it stands in the store
  bool by_this_call = true;  // else it was sealed before, or by another one at the same time
  uint64_t failures = 0;     // items and documents that failed and that nobody accepted
};

// May be called again, and by two at once: all of them succeed, with one manifest; a receipt that comes later
// changes nothing. `folder` is for temporary files. Throws
//   Error{conflict}   where units have no receipt yet, or the folder holds another plan's manifest
//   Error{transient}  where more failed than may: nothing is written, the run can be gone on with
//   Error{corrupt}    where an object that the manifest would name is not there any more or is another one
Sealed seal(const store::Store& store, const StoredPlan& stored, const SealOptions& options,
            const std::filesystem::path& folder, report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::backup
