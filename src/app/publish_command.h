// `tabferry publish`: settings -> plans -> engine, site -> reports. The place that wires the publish trade.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/command_end.h"
#include "app/settings.h"
#include "report/report.h"
#include "report/reporter.h"

namespace tabferry::app {

struct PublishRequest {
  Flags flags;
  std::vector<std::string> datasources;  // keys of the config; empty: all of them
  bool publish = true;                   // --no-publish
  bool dry_run = false;
  std::filesystem::path output_folder;  // --output
};

// Runs it; each data source's report goes to `tell`, where there is one, as soon as it is known. A data source that
// fails does not stop the next one. Exit code: 0 all done, 3 some of them (or built without a template), else the code
// of the failure. The end's report speaks for all of them; its details:
//   "items", "failures"  how many data sources were begun, and how many of them failed
//   "reports"            each one's report
//   "error"              {"kind", "message"} where all of them failed for one reason, or the run was cancelled
// Throws for what concerns all of them: config, engine.
CommandEnd publish(const PublishRequest& request, const Environment& environment, report::Reporter& reporter,
                   const std::function<void(const report::Report&)>& tell, std::stop_token stop);

}  // namespace tabferry::app
