// What the steps tell that an engine drives one by one; a seal tells what a whole backup does (backup_report.h).
#pragma once

#include <string>

#include "backup/run.h"
#include "report/report.h"

namespace tabferry::backup {

report::Report report_of(const Planned& planned);
// Partial where something of it failed: the next one tries that again, and the seal names what is left of it.
report::Report report_of(const WorkDone& done, const std::string& snapshot);
// Of a whole backup whose time was up before its seal.
report::Report report_of_unfinished(const Backed& backed);

}  // namespace tabferry::backup
