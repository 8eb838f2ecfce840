// The commands on what stands in the store: snapshots, ls, get, verify, prune, status. Settings -> store -> report.
// None of them signs in to the site.
//
// The stable machine form of each is its report's details:
//   snapshots  {"store", "snapshots": [{"snapshot", "site", "at", "state", "server", "site_luid", "as_of", "sealed",
//              "tags", "items", "counts", "full", "base", "trouble"}]}
//   ls         {"snapshot", "items": [{"kind", "natural_key", "name", "luid", "status", "key", "size_bytes", "sha256",
//              "updated_at", "as_of", "rule", "code", "reason"}], "missing": [{"unit", "kind", "natural_key", "status",
//              "code", "reason"}], "files": [{"key", "size_bytes", "sha256"}]}
//   get        {"snapshot", "written", "written_bytes", "there_already", "problems": [{"item", "why"}]}
//   verify     {"snapshot", "full", "whole", "checked", "bytes", "packages", "extracts",
//              "problems": [{"key", "what", "harmless"}], "notes"}
//   prune      {"dry_run", "snapshots": [{"snapshot", "state", "stays", "reason", "objects", "bytes", "named"}],
//              "aborted_uploads", "notes"}
//   status     {"sites": [{"site", "backup", "at", "age_seconds", "too_old", "newer": [{"snapshot", "state"}]}]}
#pragma once

#include <chrono>
#include <filesystem>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "app/command_end.h"
#include "app/settings.h"
#include "report/reporter.h"

namespace tabferry::app {

// Who asks, and how he is told.
struct Caller {
  const Flags& flags;  // `site` chooses among several sites of a store
  const Environment& environment;
  report::Reporter& reporter;
  std::stop_token stop;
};

CommandEnd list_snapshots(const Caller& caller);
// `snapshot` as on the command line ("latest"); an empty selector is everything.
CommandEnd list_contents(const Caller& caller, const std::string& snapshot, const std::string& selector);
// 3 where something was not to be had, 1 where nothing was.
CommandEnd get_contents(const Caller& caller, const std::string& snapshot, const std::string& selector,
                        const std::filesystem::path& folder);
// 4 where a problem was found that is not harmless. Of this and of a failure those hear whom `notify:` names.
CommandEnd verify_snapshot(const Caller& caller, const std::string& snapshot, bool full);

struct PruneRequest {
  PruneSettings keep;  // where it says nothing, the configuration's `prune:` holds
  std::vector<std::string> keep_tags, only_tags;
  bool dry_run = false;
};
// Of a failure those hear whom `notify:` names, but of a dry run.
CommandEnd prune_snapshots(const Caller& caller, const PruneRequest& request);

// 4 where `max_age` is given and a site's newest complete backup is older, or there is none.
CommandEnd tell_status(const Caller& caller, const std::optional<std::chrono::seconds>& max_age);

// "90m", "26h", "7d". Throws Error{usage}.
std::chrono::seconds parse_age(const std::string& text);

}  // namespace tabferry::app
