// What is in a snapshot: its list, and the files themselves.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/manifest.h"
#include "backup/selector.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

// How a selector names a file of the folder that is no item: by its path there ("metadata_tableau/users.json"), or by
// its kind where no items are of that kind ("users:").
bool selects(const Selector& selector, const std::string& snapshot, const File& file);
bool selects(const Selector& selector, const Entry& entry);
bool selects(const Selector& selector, const Missing& missing);

// Goes through the manifest and visits what the selector takes, all without one; at last manifest.json itself, as a
// file. Bounded memory. The snapshot must be readable.
void visit_contents(const store::Store& store, const std::string& snapshot, const std::optional<Selector>& selector,
                    const ManifestVisitor& visitor);

struct Fetched {
  uint64_t written = 0, written_bytes = 0;
  uint64_t there_already = 0;  // a file of that name with the very same bytes
  struct Problem {
    std::string what;  // the item's or the file's name
    std::string why;
  };
  std::vector<Problem> problems;  // what could not be had: never saved, missing, damaged, another file in its place
};

// Writes what the selector takes below `folder` (made where it is missing) as it lies in the snapshot:
// "workbooks/LUID_Name.twbx"; what is a reference is followed. The sha256 is compared while it is written; nothing
// appears under its name before that, and no file is ever written over. `lanes` objects at once. Throws
// Error{not_found} where the selector takes nothing, with what to write instead.
Fetched get_contents(const store::Store& store, const std::string& snapshot, const Selector& selector,
                     const std::filesystem::path& folder, unsigned lanes, report::Reporter& reporter,
                     std::stop_token stop);

}  // namespace tabferry::backup
