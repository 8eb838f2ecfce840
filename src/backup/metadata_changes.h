// What differs between the metadata of two snapshots of a site: file by file of metadata_tableau/. Not everything is
// compared: item_facts.h.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "backup/kind_change.h"
#include "backup/manifest.h"
#include "store/store.h"

namespace tabferry::backup {

// Reads the files that both manifests name, one kind after the other, twice each;
// parses the lines that only one of them has; asks nobody else. Memory: some numbers an item of the largest file, and
// some items; what is too large to be taken apart is compared as a whole. ETags are not compared: a store may be
// copied. What cannot be read or compared (damaged, taken away, not read from the site) makes its kind unknown. Throws
// Error{cancelled}; and, for `now` is about to be sealed, Error{corrupt} where a file of it is gone or another one than
// was written, and what the store throws when it is asked for it.
std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const Manifest& before,
                                         const std::stop_token& stop);
// The same with the manifest of that name; one that cannot be read is the one unknown change.
std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const std::string& before,
                                         const std::stop_token& stop);

}  // namespace tabferry::backup
