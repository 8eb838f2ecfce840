#include "backup/metadata_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include "backup/item_difference.h"
#include "backup/item_labels.h"
#include "backup/kind_file.h"
#include "backup/metadata_kinds.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/text.h"
#include "io/copy.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using What = KindChange::Named::What;

constexpr uint64_t kKeptBytes = 2 * kMostFactsBytes;  // of changed items, whose earlier form is looked up

// That these came or went is told with the items, and of views with their workbooks.
constexpr std::string_view kToldAsItems[] = {"workbooks",           "datasources", "flows",       "custom_views",
                                             "virtual_connections", "views",       "flow_details"};

// In whichever snapshot's folder it stands.
const File* file_of(const Manifest& manifest, const std::string& kind) {
  const auto is_it = [&](const File& file) {  // "SNAPSHOT/metadata_tableau/users.json", ".../users~2.json"
    const auto name = std::string_view(file.key).substr(file.key.find('/') + 1);
    return name.starts_with(fmt::format("{}{}.", kMetadataFolder, kind)) ||
           name.starts_with(fmt::format("{}{}~", kMetadataFolder, kind));
  };
  const auto found = std::find_if(manifest.files.begin(), manifest.files.end(), is_it);
  return found == manifest.files.end() ? nullptr : &*found;
}

// Documents that could not be read: of their items it is not known what changed.
std::set<std::string> missing_of(const Manifest& manifest, const std::string& kind) {
  std::set<std::string> units;
  for (const auto& one : manifest.missing)
    if (one.kind == kind) units.insert(one.unit);
  return units;
}

// Names what differs, in two passes over the one and one over the other, and one more over that where something does.
class Comparison {
 public:
  Comparison(const Manifest& now, const Manifest& before, const std::string& kind) : not_known_(missing_of(now, kind)) {
    change_.kind = kind;
    not_known_.merge(missing_of(before, kind));
    names_all_ = std::find(std::begin(kToldAsItems), std::end(kToldAsItems), kind) == std::end(kToldAsItems);
  }

  std::optional<KindChange> compare(KindFile& now, KindFile& before) {
    auto gap = now.visit({}, {});
    const auto old_gap = before.visit([&](const KindItem& item) { learn(item); }, now.lines());
    if (gap.empty()) gap = now.visit([&](const KindItem& item) { look_at(item); }, before.lines());
    if (!gap.empty() && !old_gap.empty()) return std::nullopt;
    if (!gap.empty()) return unknown("it was not read this time: " + gap);
    if (!old_gap.empty()) return unknown("the earlier snapshot does not have it: " + old_gap);
    count_removed();
    if (change_.removed || !changed_.empty())
      before.visit([&](const KindItem& item) { look_back_at(item); }, now.lines());
    for (auto& [key, one] : changed_) change_.named.push_back(std::move(one.named));
    if (change_.added + change_.changed + change_.removed == 0) return std::nullopt;
    return std::move(change_);
  }

  KindChange unknown(std::string why) const { return {.kind = change_.kind, .named = {}, .unknown = std::move(why)}; }

 private:
  struct Earlier {
    uint64_t hash = 0;
    bool seen = false;
  };
  struct Changed {
    KindChange::Named named;
    std::optional<std::vector<Fact>> facts;
  };

  static uint64_t hash_of_key(const std::string& key) { return std::hash<std::string>{}(key); }

  void learn(const KindItem& item) { earlier_.insert_or_assign(hash_of_key(item.key), Earlier{.hash = item.hash}); }

  void look_at(const KindItem& item) {
    const auto found = earlier_.find(hash_of_key(item.key));
    if (found != earlier_.end()) found->second.seen = true;
    if (not_known_.contains(item.key)) return;
    if (found == earlier_.end()) return add(What::added, item, change_.added);
    if (found->second.hash == item.hash) return;
    ++change_.changed;
    if (changed_.size() == kNamedChanges) return;
    auto& one = changed_[item.key];
    one.named = {.what = What::changed, .item = label_of_item(item.json), .how = ""};
    if (!item.facts) return;
    kept_bytes_ += size_bytes_of(*item.facts);
    if (kept_bytes_ <= kKeptBytes) one.facts = item.facts;
  }

  void add(What what, const KindItem& item, uint64_t& count) {
    if (names_all_ && count < kNamedChanges)
      change_.named.push_back({.what = what, .item = label_of_item(item.json), .how = ""});
    ++count;
  }

  void count_removed() {
    for (const auto& unit : not_known_)
      if (const auto found = earlier_.find(hash_of_key(unit)); found != earlier_.end()) found->second.seen = true;
    change_.removed = static_cast<uint64_t>(
        std::count_if(earlier_.begin(), earlier_.end(), [](const auto& one) { return !one.second.seen; }));
  }

  void look_back_at(const KindItem& item) {
    const auto found = earlier_.find(hash_of_key(item.key));
    if (found == earlier_.end()) return;
    if (!found->second.seen) return add(What::removed, item, named_removed_);
    const auto changed = changed_.find(item.key);
    if (changed != changed_.end() && changed->second.facts && item.facts)
      changed->second.named.how = difference_of(*item.facts, *changed->second.facts);
  }

  std::set<std::string> not_known_;
  bool names_all_ = true;
  std::unordered_map<uint64_t, Earlier> earlier_;
  std::map<std::string, Changed> changed_;
  uint64_t kept_bytes_ = 0;
  uint64_t named_removed_ = 0;
  KindChange change_;
};

// Whatever made a comparison fail: a snapshot is not sealed without its own metadata.
void require_as_written(const store::Store& store, const Manifest& now, const File& file, const std::stop_token& stop) {
  const auto refuse = [&](std::string_view why) {
    base::fail(ErrorKind::corrupt, "sealing {}: {} cannot be relied on, for it {}; nothing is sealed",
               now.head.snapshot, base::quoted(store.url(file.key), 400), why);
  };
  const auto there = store.stat(file.key);
  if (!there) refuse("is not there any more");
  const auto source = store.open(file.key, {.if_match = there->etag, .size_bytes = there->size_bytes});
  if (io::sha256_of(*source, stop, "comparing the metadata") != file.sha256)
    refuse("is not what was written (its SHA-256)");
}

bool is_cancelled(const std::exception& error) {
  const auto* known = dynamic_cast<const base::Error*>(&error);
  return known != nullptr && known->kind() == ErrorKind::cancelled;
}

std::optional<KindChange> change_of(const store::Store& store, const Manifest& now, const Manifest& before,
                                    const std::string& kind, const std::stop_token& stop) {
  const File* file = file_of(now, kind);
  const File* old_file = file_of(before, kind);
  if (file == nullptr) return std::nullopt;
  Comparison comparison(now, before, kind);
  if (old_file == nullptr) return comparison.unknown("the earlier snapshot has no file of it");
  try {
    KindFile present(store, *file, kind, stop), earlier(store, *old_file, kind, stop);
    return comparison.compare(present, earlier);
  } catch (const std::exception& error) {  // what stands in an old file must not end a new backup: no memory, either
    if (is_cancelled(error)) throw;
    require_as_written(store, now, *file, stop);
    return comparison.unknown(error.what());
  }
}

// Absent with the reason.
struct Found {
  std::optional<Manifest> manifest;
  std::string why_not;
};
// Without its items, which are not compared here and are as many as the site has.
Found earlier_manifest(const store::Store& store, const std::string& snapshot) {
  try {
    Manifest found;
    auto head = visit_manifest(store, snapshot,
                               {.entry = {},
                                .missing = [&](const Missing& one) { found.missing.push_back(one); },
                                .file = [&](const File& one) { found.files.push_back(one); }});
    if (!head) return {.manifest = {}, .why_not = snapshot + " is not there any more"};
    found.head = std::move(*head);
    return {.manifest = std::move(found), .why_not = {}};
  } catch (const std::exception& error) {
    return {.manifest = {}, .why_not = error.what()};
  }
}

}  // namespace

std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const Manifest& before,
                                         const std::stop_token& stop) {
  std::vector<KindChange> changes;
  for (const auto kind : metadata_kinds())
    if (auto change = change_of(store, now, before, std::string(kind), stop)) changes.push_back(std::move(*change));
  return changes;
}

std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const std::string& before,
                                         const std::stop_token& stop) {
  const auto earlier = earlier_manifest(store, before);
  if (earlier.manifest) return metadata_changes(store, now, *earlier.manifest, stop);
  return {{.kind = "", .named = {}, .unknown = earlier.why_not}};
}

}  // namespace tabferry::backup
