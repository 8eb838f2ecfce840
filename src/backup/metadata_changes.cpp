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

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using What = KindChange::Named::What;

constexpr uint64_t kKeptBytes = uint64_t{4} << 20;  // of changed items, whose earlier form is looked up

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
    const auto gap = now.visit({}, {});
    const auto old_gap = before.visit([&](const KindItem& item) { learn(item); }, now.lines());
    now.visit([&](const KindItem& item) { look_at(item); }, before.lines());
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
    std::vector<Fact> facts;
  };

  static uint64_t hash_of_key(const std::string& key) { return std::hash<std::string>{}(key); }

  void learn(const KindItem& item) {
    earlier_.insert_or_assign(hash_of_key(item.key), Earlier{.hash = hash_of(item.facts)});
  }

  void look_at(const KindItem& item) {
    const auto found = earlier_.find(hash_of_key(item.key));
    if (found != earlier_.end()) found->second.seen = true;
    if (not_known_.contains(item.key)) return;
    if (found == earlier_.end()) return add(What::added, item, change_.added);
    if (found->second.hash == hash_of(item.facts)) return;
    ++change_.changed;
    if (changed_.size() == kNamedChanges) return;
    auto& one = changed_[item.key];
    one.named = {.what = What::changed, .item = label_of_item(item.json), .how = ""};
    kept_bytes_ += item.line_bytes;
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
    if (changed != changed_.end() && !changed->second.facts.empty())
      changed->second.named.how = difference_of(item.facts, changed->second.facts);
  }

  std::set<std::string> not_known_;
  bool names_all_ = true;
  std::unordered_map<uint64_t, Earlier> earlier_;
  std::map<std::string, Changed> changed_;
  uint64_t kept_bytes_ = 0;
  uint64_t named_removed_ = 0;
  KindChange change_;
};

std::optional<KindChange> change_of(const store::Store& store, const Manifest& now, const Manifest& before,
                                    const std::string& kind, const std::stop_token& stop) {
  const File* file = file_of(now, kind);
  const File* old_file = file_of(before, kind);
  if (file == nullptr || (old_file && old_file->sha256 == file->sha256)) return std::nullopt;
  Comparison comparison(now, before, kind);
  if (old_file == nullptr) return comparison.unknown("the earlier snapshot has no file of it");
  try {
    KindFile present(store, *file, kind, stop), earlier(store, *old_file, kind, stop);
    return comparison.compare(present, earlier);
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return comparison.unknown(error.what());
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
  try {
    if (const auto manifest = read_manifest(store, before)) return metadata_changes(store, now, *manifest, stop);
    return {{.kind = "", .named = {}, .unknown = before + " is not there any more"}};
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return {{.kind = "", .named = {}, .unknown = error.what()}};
  }
}

}  // namespace tabferry::backup
