// What differs between two snapshots of a site: pure functions over their manifests.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backup/manifest.h"

namespace tabferry::backup {

// An item in both, pointing into the two manifests.
struct Pair {
  const Entry* now;
  const Entry* before;
};

// Items are the same by their luid (Unit::id). An item may stand in several lists: one that moved may have changed too.
struct Changes {
  std::vector<const Entry*> fresh;  // not in the earlier one
  std::vector<const Entry*> gone;   // of the earlier one: not in this, or deleted while this one was made
  std::vector<Pair> replaced;  // gone, and fresh under the same kind and key: published anew; in neither list above
  std::vector<Pair> changed;   // other bytes; of what either failed to save nothing is said
  std::vector<Pair> renamed;   // another name in the same project
  std::vector<Pair> moved;     // another project, with or without another name
};

// Both manifests outlive the answer.
Changes changes_of(const Manifest& now, const Manifest& before);

// Of a natural key: the last '/' that is not part of a name ("\/"), npos where there is none.
size_t last_slash(std::string_view key);

// "Finance/Daily" of the workbook "Finance/Daily/Sales"; "" where the natural key names none. Of a revision and a
// custom view: of their workbook.
std::string project_of(const Entry& entry);

bool is_saved(const Entry& entry);
// Its bytes were taken under an earlier listing: referenced or copied.
bool is_taken_over(const Entry& entry, const ManifestHead& head);

}  // namespace tabferry::backup
