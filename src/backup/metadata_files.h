// SNAPSHOT/metadata_tableau/<kind>.json: what the site said about itself, made at the seal of the lists in the work
// folder and the documents in the receipts. docs/format.md describes the files.
//
// A document of the same kind as its item is merged into the listed item (a schedule told in full is that schedule);
// the others are files of their own ("permissions"), an entry a document in the order of the plan; those of the site
// itself are one object, by their names (site.json). Nothing that the site sent is left out, and only natural keys are
// added.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/kept_documents.h"
#include "backup/manifest.h"
#include "backup/plan.h"
#include "store/store.h"

namespace tabferry::backup {

struct MetadataFiles {
  std::vector<File> files;
  std::map<std::string, uint64_t> counts;  // "users" -> 1500, of each list; of other kinds: documents that were read
  std::vector<Gap> gaps;                   // lists that the site refused or that could not be read to their end
};

// Every kind of the catalogue has its file, one that is empty or not on offer too: "status" says why. Memory is that of
// the plan and of one item. `folder` is for files on their way.
MetadataFiles write_metadata(const store::Store& store, const Plan& plan, KeptDocuments& documents,
                             const std::filesystem::path& folder, std::optional<base::WallTime> locked_until,
                             std::stop_token stop);

}  // namespace tabferry::backup
