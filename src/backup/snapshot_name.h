// How the folders of a store are named (docs/format.md): by the site and the time of the backup, in UTC.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tabferry::backup {

// What stands before the site and the time in every name.
inline constexpr std::string_view kSnapshotPrefix = "backup_tableau_cloud_";

struct SnapshotName {
  std::string site;     // as site_word() has it
  base::WallTime at{};  // whole seconds
};

// The content URL; "Default" where it is empty: a server's default site.
std::string site_word(std::string_view content_url);
// "backup_tableau_cloud_sales_20261122_101500"
std::string snapshot_name(std::string_view content_url, base::WallTime at);
// Absent for what is no name of ours. (A site's content URL may hold '_': the last two parts are the time.)
std::optional<SnapshotName> parse_snapshot_name(std::string_view folder);

inline constexpr std::string_view kWorkSuffix = ".work";
inline constexpr std::string_view kManifestName = "manifest.json";
inline constexpr std::string_view kPlanName = "plan.json";
inline constexpr std::string_view kMetadataFolder = "metadata_tableau/";

std::string work_folder(std::string_view snapshot);   // "SNAPSHOT.work/"
std::string plan_key(std::string_view snapshot);      // "SNAPSHOT.work/plan.json"
std::string manifest_key(std::string_view snapshot);  // "SNAPSHOT/manifest.json"

// A manifest may have been edited: true for what may be a key of ours ("SNAPSHOT/FOLDER/NAME"), which never leads out
// of the store ("..", "a//b"), and whose parts fit a file system (255 bytes, no control characters).
bool is_plain_key(std::string_view key);
// "SNAPSHOT.work/pruned.json", the mark of a prune: written before anything is taken away, gone when nothing is left.
// Until then the folder holds what other snapshots name, or what a cut prune left.
std::string prune_mark_key(std::string_view snapshot);

// A name as part of a key: only for eyes, the luid before it is the identity. Letters of any script stay; '/', '\',
// control characters and what consoles and file systems trip over become '_'; at most 80 bytes, cut between characters.
std::string safe_name(std::string_view name);

}  // namespace tabferry::backup
