#include "backup/sweep.h"

#include <algorithm>

#include "backup/json_fields.h"
#include "base/error.h"
#include "base/text.h"
#include "store/small.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr size_t kBatch = 1000;  // keys; what one request of S3 takes

// The first one stays: a cut prune wrote it.
void put_mark(const store::Store& store, const Snapshot& snapshot) {
  const doc::Json mark = {
      {"snapshot", snapshot.folder.name}, {"server", snapshot.site.server}, {"luid", snapshot.site.luid}};
  try {
    store::put_text(store, prune_mark_key(snapshot.folder.name), doc::to_line(mark) + "\n", {.if_absent = true});
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::conflict) throw;
  }
}

std::string_view snapshot_in(std::string_view key) { return key.substr(0, key.find('/')); }

}  // namespace

Mark read_mark(const store::Store& store, const std::string& snapshot) {
  const auto key = prune_mark_key(snapshot);
  const auto found = store::read_text(store, key);
  if (!found) return {};
  try {
    const auto json = doc::parse_json(found->text, store.url(key));
    return {.server = text_in(json, "server", key), .luid = text_in(json, "luid", key)};
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    return {};
  }
}

std::optional<std::string> lock_on(const store::Store& store, const std::string& key) {
  const auto until = store.locked_until(key);
  if (!until || *until <= store.now()) return std::nullopt;
  return fmt::format("locked until {}",
                     *until == store::kNeverUnlocked ? "somebody lifts its hold" : base::iso_time(*until));
}

void Sweep::remove(std::vector<std::string>& keys) const {
  if (stop_.stop_requested()) base::fail_cancelled("pruning");
  if (!keys.empty()) store_.remove(keys);
  keys.clear();
}

Swept Sweep::take_manifest(const Snapshot& snapshot) {
  const auto& name = snapshot.folder.name;
  reporter_.step("taking away " + name);
  has_locks_ = has_locks_ || store_.locked_until(manifest_key(name)).has_value();
  put_mark(store_, snapshot);
  Swept swept;
  std::vector<std::string> plan, others, manifest;
  store_.list(work_folder(name), [&](const store::Object& object) {
    if (object.key == prune_mark_key(name)) return;
    (object.key == plan_key(name) ? plan : others).push_back(object.key);
    ++swept.objects;
    swept.bytes += object.size_bytes;
  });
  if (const auto found = store_.stat(manifest_key(name))) {
    manifest.push_back(found->key);
    ++swept.objects;
    swept.bytes += found->size_bytes;
  }
  remove(plan);
  remove(others);
  remove(manifest);
  return swept;
}

void Sweep::note_name(const std::string& key) {
  if (folders_.contains(std::string(snapshot_in(key)))) names_.insert(key);
}

void Sweep::read_names() {
  reporter_.step("reading what other snapshots name");
  const auto earlier = [&](const MaybeEarlier& one) {
    if (one) note_name(one->key);
  };
  const ManifestVisitor visitor{.entry =
                                    [&](const Entry& entry) {
                                      note_name(entry.key);
                                      earlier(entry.last_good);
                                    },
                                .missing = {},
                                .file = [&](const File& file) { note_name(file.key); }};
  for (const auto& folder : snapshot_folders(store_)) {
    if (stop_.stop_requested()) base::fail_cancelled("pruning");
    if (has(folder.name)) continue;
    const auto snapshot = look_at(store_, folder, visitor);
    if (snapshot.state == Snapshot::State::damaged)
      base::fail(ErrorKind::corrupt, "what {} names is not known, so no more is taken away: {}", folder.name,
                 snapshot.trouble);
    if (!snapshot.planned) continue;
    if (const auto stored = read_plan(store_, folder.name))
      for (const auto& unit : stored->plan.units) earlier(unit.earlier);
  }
}

// Asked object by object only where the store has locks at all.
bool Sweep::is_locked(const std::string& key) {
  if (!has_locks_) return false;
  const auto lock = lock_on(store_, key);
  if (!lock) return false;
  notes_.push_back(fmt::format("{} is {}", key, *lock));
  return true;
}

Swept Sweep::clear(const std::string& snapshot) {
  reporter_.step("clearing " + snapshot);
  Swept swept;
  std::vector<store::Object> unnamed;
  store_.list(snapshot + "/", [&](const store::Object& object) {
    if (names_.contains(object.key))
      ++swept.named;
    else
      unnamed.push_back({.key = object.key, .size_bytes = object.size_bytes});
  });
  const bool all_gone = remove_unlocked(unnamed, swept);
  if (all_gone && swept.named == 0) remove_work(snapshot);
  return swept;
}

bool Sweep::remove_unlocked(const std::vector<store::Object>& objects, Swept& swept) {
  bool all_gone = true;
  std::vector<std::string> batch;
  for (const auto& object : objects) {
    if (is_locked(object.key)) {
      all_gone = false;
      continue;
    }
    batch.push_back(object.key);
    ++swept.objects;
    swept.bytes += object.size_bytes;
    if (batch.size() == kBatch) remove(batch);
  }
  remove(batch);
  return all_gone;
}

void Sweep::remove_work(const std::string& snapshot) const {
  std::vector<std::string> work, mark{prune_mark_key(snapshot)};
  store_.list(work_folder(snapshot), [&](const store::Object& object) {
    if (object.key != mark.front()) work.push_back(object.key);  // what a late worker wrote
  });
  remove(work);
  remove(mark);
}

Swept Sweep::count(const std::string& snapshot) const {
  Swept swept;
  for (const auto& folder : {snapshot + "/", work_folder(snapshot)})
    store_.list(folder, [&](const store::Object& object) {
      if (names_.contains(object.key)) {
        ++swept.named;
        return;
      }
      if (object.key == prune_mark_key(snapshot)) return;
      ++swept.objects;
      swept.bytes += object.size_bytes;
    });
  return swept;
}

}  // namespace tabferry::backup
