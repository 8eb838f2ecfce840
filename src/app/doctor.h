// `tabferry doctor`: everything that a run needs is tried before the run, and what is wrong is said with its cure.
#pragma once

#include <stop_token>
#include <string>

#include "app/settings.h"
#include "base/clock.h"
#include "report/report.h"
#include "report/reporter.h"

namespace tabferry::app {

// Configuration, secrets, engine, temporary folder, the files and buckets of every data source, the store, the site
// that `flags` choose, the addresses of `notify:`, the clock. What depends on something that is broken is skipped. Each
// probe of the network ends within five seconds. It signs in to the site (which ends another session of the same token)
// and out again, and writes and deletes one small object below `store:` where that is in S3.
//
// The report's status is failed where a check found a problem, done where there are at most warnings. Its details hold
// "problems", "warnings" and "checks": [{"area", "name", "status", "seen", "cure", "seconds"}], in the order they were
// made. Throws only Error{cancelled}.
report::Report doctor(const Flags& flags, const Environment& environment, report::Reporter& reporter,
                      const base::Clock& clock, std::stop_token stop);

}  // namespace tabferry::app
