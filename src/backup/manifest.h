// What makes a snapshot complete: every item, where its bytes are, and what is missing and why. docs/format.md is its
// description for others. Created last and only if absent; the last field is the sha256 of all bytes before it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backup/kind_change.h"
#include "backup/plan.h"
#include "backup/unit.h"
#include "store/store.h"

namespace tabferry::backup {

inline constexpr uint64_t kFormat = 1;

// A content unit of the plan and what became of it.
struct Entry {
  std::string unit;     // Unit::id: "workbooks/LUID"
  std::string kind;     // "workbooks" ... "revisions"
  std::string of_kind;  // of a revision
  std::string luid, name, natural_key, updated_at;
  std::string fingerprint;  // as in Unit
  Receipt::Outcome outcome = Receipt::Outcome::failed;
  std::string key;  // below the store's root; of another snapshot where it is referenced; empty where nothing was saved
  uint64_t size_bytes = 0;
  std::string etag, sha256;
  std::string as_of;  // the listing under which the bytes were taken (an earlier one's where referenced)
  std::string rule;   // why it was downloaded or taken over
  int code = 0;
  std::string reason;
  int tries = 0;           // of a failed one; 0 where it is not told
  bool accepted = false;   // a failure that accept_missing names
  MaybeEarlier last_good;  // of a failed one: what prune must keep
};

// A document that could not be read: "permissions of workbook Finance/Sales".
struct Missing {
  std::string unit, kind, of_kind, luid, natural_key;
  Receipt::Outcome outcome = Receipt::Outcome::failed;
  int code = 0;
  std::string reason;
  int tries = 0;  // as in Entry
  bool accepted = false;
};

// Every other object of the folder that it names: metadata, README.txt, index.csv, report.html.
struct File {
  std::string key;
  uint64_t size_bytes = 0;
  std::string etag, sha256;
};

struct ManifestHead {
  uint64_t format = kFormat;
  std::string snapshot;
  std::string tool;    // "tabferry 0.1.0"
  std::string status;  // "complete", or "partial": with failures that nobody accepted, caps, or a limited scope
  std::string started, sealed, as_of;
  SiteFacts site;
  std::string scope, asked, base;
  bool full = false;
  std::string last_full;  // as in Plan
  std::vector<std::string> tags;
  std::string plan_sha256;
  std::map<std::string, uint64_t> counts;    // "workbooks" -> items listed (metadata kinds too)
  uint64_t items = 0;                        // entries in it; set where it is read
  std::map<std::string, uint64_t> requests;  // "lists", "documents", "downloads"
  uint64_t left_out = 0;                     // as in Plan; beside the entries
  std::vector<std::string> notes;            // discrepancies and what else a person should know
  std::vector<Gap> gaps;
  bool metadata_compared = false;  // with the base's: Manifest::metadata_changes says the rest
};

struct Manifest {
  ManifestHead head;
  std::vector<Entry> entries;
  std::vector<Missing> missing;
  std::vector<File> files;
  // Since the base; of kinds in which nothing changed nothing is said.
  std::vector<KindChange> metadata_changes = {};
};

// Creates it if absent. What is there already is read back: the same plan's is success (two seals), another one is
// Error{conflict}.
void create_manifest(const store::Store& store, const Manifest& manifest,
                     const std::optional<base::WallTime>& locked_until = {});

struct ManifestVisitor {
  std::function<void(const Entry&)> entry;
  std::function<void(const Missing&)> missing;
  std::function<void(const File&)> file;
  std::function<void(const KindChange&)> metadata_change = {};
};
// Goes through it in bounded memory. Absent where there is none; Error{corrupt} where it is damaged, cut or changed, or
// of a newer format.
std::optional<ManifestHead> visit_manifest(const store::Store& store, const std::string& snapshot,
                                           const ManifestVisitor& visitor);
std::optional<Manifest> read_manifest(const store::Store& store, const std::string& snapshot);

}  // namespace tabferry::backup
