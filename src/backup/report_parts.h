// The sections of a snapshot's report. Private to this room. Each adds to `details` what it tells, for scripts; one
// that has nothing to tell has no tables, facts, charts and warnings.
#pragma once

#include "backup/manifest.h"
#include "backup/tally.h"
#include "backup/words.h"
#include "report/report.h"

namespace tabferry::backup {

report::Section failure_section(const Manifest& now, doc::Json& details);                         // "failed"
report::Section accepted_section(const Manifest& now, doc::Json& details);                        // "accepted_failures"
report::Section unavailable_section(const Manifest& now, doc::Json& details);                     // "unavailable"
report::Section change_section(const Manifest& now, const Manifest* before, doc::Json& details);  // "changes"
report::Section metadata_section(const Manifest& now, doc::Json& details);                        // "metadata_changes"
report::Section kind_section(const Manifest& now, const Manifest* before, const Tally& tally);
report::Section project_section(const Tally& tally, doc::Json& details);  // "projects"
report::Section rule_section(const Tally& tally);
report::Section item_section(const Manifest& now);

}  // namespace tabferry::backup
