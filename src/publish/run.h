// The publish trade: plan -> extract -> package -> site. Whole or nothing: the site holds the new version or the old
// one, and the outcome says which.
#pragma once

#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "publish/build.h"
#include "publish/plan.h"
#include "report/report.h"
#include "report/reporter.h"
#include "tableau/site.h"

namespace tabferry::publish {

struct RunOptions {
  std::filesystem::path engine_program;  // hyperd
  std::filesystem::path temp_parent;     // the disk that the extract is built on
  std::filesystem::path output_folder;   // made when something is kept and has no place of its own
};

// Where the data source goes: a signed-in site and one of its projects. Absent with --no-publish.
struct Destination {
  tableau::Site* site = nullptr;  // not owned
  std::string server;             // for the report
  tableau::Project project;
  uint64_t uplink = 0;  // bytes a second on the way there, as the config says; 0: not known
};

struct Outcome {
  std::vector<LoadedTable> tables;
  std::optional<tableau::PublishResult> published;
  std::filesystem::path kept_hyper;    // empty: not kept
  std::filesystem::path kept_package;  // empty: not kept
  uint64_t hyper_bytes = 0;
  uint64_t package_bytes = 0;
  uint64_t engine_peak_bytes = 0;
  std::string engine_version;
  double build_seconds = 0;
  double publish_seconds = 0;
};

// Runs a plan. Without a template the extract is kept and nothing is published (see next_steps_without_template()).
// Throws as its stages do; nothing is published then, but for the cases that the message names.
Outcome run(const Plan& plan, const RunOptions& options, const std::optional<Destination>& destination,
            report::Reporter& reporter, const base::Clock& clock, std::stop_token stop);

// A file name that people recognise: the name without what a file system or a path would mind, plus the extension.
std::string file_name_for(const std::string& name, const std::string& extension);

}  // namespace tabferry::publish
