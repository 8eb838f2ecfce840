// Which snapshots a store holds, and which of them a word on the command line means.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "backup/manifest.h"
#include "backup/snapshot_name.h"
#include "store/store.h"

namespace tabferry::backup {

// A name in the store, of two folders of which one may be missing.
struct Folder {
  std::string name;  // "backup_tableau_cloud_sales_20261122_101500"
  std::string site;  // "sales"
  base::WallTime at{};
  bool has_content = false;  // NAME/ holds something
  bool has_work = false;     // NAME.work/ does
};

// By the names alone: a request a thousand folders. In the order of their time.
std::vector<Folder> snapshot_folders(const store::Store& store);

struct Snapshot {
  enum class State {
    complete,
    partial,
    incomplete,  // no manifest yet: a run is at work on it, or was cut and is resumed by the next one
    pruned,      // taken away, but for objects that others name
    foreign,     // of this form of a name, but none of ours (the Lambda sample's): never touched
    damaged,     // its manifest or plan cannot be read: what it names is not known
  };
  Folder folder;
  State state = State::foreign;
  bool planned = false;  // of an incomplete one: there is a plan
  ManifestHead head;     // of complete and partial ones
  SiteFacts site;        // of these and of an incomplete one with a plan
  std::string trouble;   // of a damaged one: why

  bool readable() const { return state == State::complete || state == State::partial; }
};
std::string_view name_of(Snapshot::State state);

// Reads the whole manifest (its seal is checked) in bounded memory; `visitor` as in visit_manifest().
Snapshot look_at(const store::Store& store, const Folder& folder, const ManifestVisitor& visitor = {});

// All of them, in the order of their time; a few are read at once.
std::vector<Snapshot> find_snapshots(const store::Store& store, std::stop_token stop);

// What `text` means: "latest", "latest~2" (of the complete, partial and damaged ones), "2026-11-22" or "20261122" (the
// newest complete or damaged one of that day, UTC), a name, or the beginning of one alone. `site` is a content URL
// ("Default" for a server's default site), empty where none was named. Reads no more manifests than it must. What is
// found by its name may be in any state. Throws Error{not_found}; Error{usage} where it could mean several, or the
// store holds several sites and none is named.
Snapshot resolve_snapshot(const store::Store& store, std::string_view text, const std::string& site);

// Throws the Error of a snapshot that nothing can be read from: incomplete, pruned, foreign, damaged.
void expect_readable(const store::Store& store, const Snapshot& snapshot);

// What a site has. Reads from the newest manifest back to the first complete one, and no more.
struct Newest {
  std::string site;
  std::optional<Snapshot> complete;
  std::vector<Snapshot> newer;  // than that one, the newest first: partial, incomplete, damaged
};
// In the order of their names. `site`: that one alone, where it is not empty.
std::vector<Newest> newest_of_each_site(const store::Store& store, const std::string& site);

}  // namespace tabferry::backup
