// The taking away of a prune: manifests first, then what nobody names. Private to this room.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "backup/snapshots.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

// prune_mark_key(): whose snapshot it was. All empty where there is no such mark, or not one of ours.
struct Mark {
  std::string server, luid;
};
Mark read_mark(const store::Store& store, const std::string& snapshot);

// "locked until 2026-12-01T00:00:00Z"; absent where the object may be taken away now.
std::optional<std::string> lock_on(const store::Store& store, const std::string& key);

struct Swept {
  uint64_t objects = 0, bytes = 0;  // gone
  uint64_t named = 0;               // stay: others name them
};

// One thread. The lease of the site is held by the caller, who throws away this value with it.
class Sweep {
 public:
  Sweep(const store::Store& store, report::Reporter& reporter, std::stop_token stop)
      : store_(store), reporter_(reporter), stop_(std::move(stop)) {}

  // The mark, the work folder (its plan first), the manifest.
  Swept take_manifest(const Snapshot& snapshot);
  // A folder whose objects shall go.
  void add(const std::string& snapshot) { folders_.insert(snapshot); }
  bool has(const std::string& snapshot) const { return folders_.contains(snapshot); }
  // Of every manifest and plan in the store but those of the folders that were added, the keys in these. Throws
  // Error{corrupt} where one cannot be read.
  void read_names();
  // Only behind read_names(). Takes the folder's objects away, but those that are named or locked; the mark where
  // nothing is left.
  Swept clear(const std::string& snapshot);
  // What take_manifest() and clear() would take.
  Swept count(const std::string& snapshot) const;
  const std::vector<std::string>& notes() const { return notes_; }  // what is locked

 private:
  void note_name(const std::string& key);
  bool is_locked(const std::string& key);
  bool remove_unlocked(const std::vector<store::Object>& objects, Swept& swept);  // true: none was locked
  void remove_work(const std::string& snapshot) const;                            // the mark at last
  void remove(std::vector<std::string>& keys) const;                              // and empties them

  const store::Store& store_;
  report::Reporter& reporter_;
  std::stop_token stop_;
  std::set<std::string> folders_;
  std::unordered_set<std::string> names_;
  bool has_locks_ = false;
  std::vector<std::string> notes_;
};

}  // namespace tabferry::backup
