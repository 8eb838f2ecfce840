// What a dry run tells.
#pragma once

#include "backup/run.h"
#include "report/report.h"

namespace tabferry::backup {

report::Report report_of(const Preview& preview);

}  // namespace tabferry::backup
