#include "backup/changes.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>

namespace tabferry::backup {
namespace {

using Outcome = Receipt::Outcome;
using Index = std::unordered_map<std::string_view, const Entry*>;

// Names behind the project: "WORKBOOK/VIEW/OWNER/NAME" of a custom view, one of all others.
int names_of(const Entry& entry) { return entry.kind == "custom_views" || entry.of_kind == "custom_views" ? 4 : 1; }

std::string_view project_part(const Entry& entry) {
  std::string_view key = entry.natural_key;
  for (int i = names_of(entry); i > 0; --i) {
    const auto slash = last_slash(key);
    if (slash == std::string_view::npos) return {};
    key = key.substr(0, slash);
  }
  return key;
}

Index index_of(const Manifest& manifest) {
  Index index;
  for (const auto& entry : manifest.entries)
    if (entry.outcome != Outcome::gone) index.emplace(entry.unit, &entry);
  return index;
}

std::string kind_and_key(const Entry& entry) { return entry.kind + ':' + entry.natural_key; }

// Takes out of both lists what has one kind and key.
void pair_replaced(Changes& changes) {
  std::unordered_map<std::string, const Entry*> gone;
  for (const auto* entry : changes.gone)
    if (!entry->natural_key.empty() && entry->kind != "revisions") gone.emplace(kind_and_key(*entry), entry);
  std::vector<const Entry*> paired;
  for (const auto* entry : changes.fresh) {
    const auto found = gone.find(kind_and_key(*entry));
    if (found == gone.end()) continue;
    changes.replaced.push_back({entry, found->second});
    paired.insert(paired.end(), {entry, found->second});
    gone.erase(found);
  }
  std::sort(paired.begin(), paired.end());
  const auto is_paired = [&](const Entry* entry) { return std::binary_search(paired.begin(), paired.end(), entry); };
  std::erase_if(changes.fresh, is_paired);
  std::erase_if(changes.gone, is_paired);
}

void compare(const Pair& pair, Changes& changes) {
  const auto& [now, before] = pair;
  if (is_saved(*now) && is_saved(*before) && now->sha256 != before->sha256) changes.changed.push_back(pair);
  if (now->natural_key == before->natural_key || now->kind == "revisions") return;
  (project_part(*now) == project_part(*before) ? changes.renamed : changes.moved).push_back(pair);
}

}  // namespace

Changes changes_of(const Manifest& now, const Manifest& before) {
  Changes changes;
  const auto earlier = index_of(before);
  const auto present = index_of(now);
  for (const auto& entry : now.entries) {
    if (entry.outcome == Outcome::gone) continue;
    const auto found = earlier.find(entry.unit);
    found == earlier.end() ? changes.fresh.push_back(&entry) : compare({&entry, found->second}, changes);
  }
  for (const auto& entry : before.entries)
    if (entry.outcome != Outcome::gone && !present.contains(entry.unit)) changes.gone.push_back(&entry);
  pair_replaced(changes);
  return changes;
}

size_t last_slash(std::string_view key) {
  for (size_t at = key.rfind('/'); at != std::string_view::npos;
       at = at ? key.rfind('/', at - 1) : std::string_view::npos)
    if (at == 0 || key[at - 1] != '\\') return at;
  return std::string_view::npos;
}

std::string project_of(const Entry& entry) { return std::string(project_part(entry)); }

bool is_saved(const Entry& entry) { return is_saved(entry.outcome); }

bool is_taken_over(const Entry& entry, const ManifestHead& head) {
  return entry.outcome == Outcome::referenced || (entry.outcome == Outcome::done && entry.as_of != head.as_of);
}

}  // namespace tabferry::backup
