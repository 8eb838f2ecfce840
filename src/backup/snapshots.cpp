#include "backup/snapshots.h"

#include <fmt/chrono.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "flow/for_each.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using State = Snapshot::State;

constexpr size_t kLanes = 4;  // manifests read at once: each is a request and the hashing of its bytes
constexpr std::string_view kLatest = "latest";

Snapshot look_at_plan(const store::Store& store, Snapshot snapshot) {
  snapshot.state = State::incomplete;
  const auto stored = read_plan(store, snapshot.folder.name);
  snapshot.planned = stored.has_value();
  if (stored)
    snapshot.site = stored->plan.site;
  else if (store.stat(prune_mark_key(snapshot.folder.name)))
    snapshot.state = State::pruned;
  return snapshot;
}

std::string day_of(base::WallTime at) { return fmt::format("{:%Y%m%d}", std::chrono::floor<std::chrono::days>(at)); }

// "2026-11-22" and "20261122" -> "20261122"; else empty.
std::string day_in(std::string_view text) {
  std::string digits(text);
  if (text.size() == 10 && text[4] == '-' && text[7] == '-') std::erase(digits, '-');
  const bool is_day = digits.size() == 8 && digits.find_first_not_of("0123456789") == std::string::npos;
  return is_day ? digits : "";
}

// "latest" -> 0, "latest~2" -> 2.
std::optional<size_t> steps_back(std::string_view text) {
  if (!text.starts_with(kLatest)) return std::nullopt;
  auto rest = text.substr(kLatest.size());
  if (rest.empty()) return 0;
  size_t steps = 0;
  const auto [end, error] = std::from_chars(rest.data() + 1, rest.data() + rest.size(), steps);
  if (rest.front() != '~' || error != std::errc{} || end != rest.data() + rest.size()) return std::nullopt;
  return steps;
}

std::vector<std::string> names_of(const std::vector<Folder>& folders) {
  std::vector<std::string> names;
  for (const auto& folder : folders) names.push_back(folder.name);
  return names;
}

// The folders of the site that is meant.
std::vector<Folder> of_one_site(std::vector<Folder> folders, std::string_view text, const std::string& site) {
  std::set<std::string> sites;
  for (const auto& folder : folders) sites.insert(folder.site);
  if (site.empty() && sites.size() > 1)
    base::fail(ErrorKind::usage,
               "{} could be of several sites, for the store holds snapshots of {}: name one with --site",
               base::quoted(text), base::join({sites.begin(), sites.end()}, ", "));
  if (!site.empty()) std::erase_if(folders, [&](const Folder& folder) { return folder.site != site; });
  return folders;
}

[[noreturn]] void fail_none(const store::Store& store, std::string_view text, const std::string& what) {
  base::fail(ErrorKind::not_found, "looking for the snapshot {}: {} holds {}; `tabferry snapshots` lists what there is",
             base::quoted(text), base::quoted(store.url(""), 400), what);
}

// A damaged one is not passed over in silence: who asks for the newest must not be shown an older one as if it were
// that.
bool counts(const Snapshot& snapshot) { return snapshot.readable() || snapshot.state == State::damaged; }

Snapshot nth_newest(const store::Store& store, std::string_view text, const std::vector<Folder>& folders, size_t n) {
  size_t seen = 0;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    auto snapshot = look_at(store, *folder);
    if (counts(snapshot) && seen++ == n) return snapshot;
  }
  fail_none(store, text, seen == 0 ? "no snapshot" : fmt::format("no more than {}", base::counted(seen, "snapshot")));
}

Snapshot newest_of_day(const store::Store& store, std::string_view text, const std::vector<Folder>& folders,
                       const std::string& day) {
  std::vector<std::string> others;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder) {
    if (day_of(folder->at) != day) continue;
    auto snapshot = look_at(store, *folder);
    if (snapshot.state == State::complete || snapshot.state == State::damaged) return snapshot;
    others.push_back(fmt::format("{} ({})", folder->name, name_of(snapshot.state)));
  }
  fail_none(
      store, text,
      others.empty() ? "no snapshot of that day" : "no complete one of that day, but " + base::join(others, ", "));
}

Snapshot named(const store::Store& store, std::string_view text, std::vector<Folder> folders) {
  std::erase_if(folders, [&](const Folder& folder) { return !folder.name.starts_with(text); });
  const auto exact = std::find_if(folders.begin(), folders.end(), [&](const auto& f) { return f.name == text; });
  if (exact != folders.end()) return look_at(store, *exact);
  if (folders.empty()) fail_none(store, text, "none whose name begins so");
  if (folders.size() == 1) return look_at(store, folders.front());
  auto names = names_of(folders);
  if (names.size() > 5) names.erase(names.begin(), names.end() - 5);
  base::fail(ErrorKind::usage, "{} is the beginning of {}, the newest {}: write more of it", base::quoted(text),
             base::counted(folders.size(), "snapshot"), base::join(names, ", "));
}

}  // namespace

std::string_view name_of(State state) {
  switch (state) {
    case State::complete:
      return "complete";
    case State::partial:
      return "partial";
    case State::incomplete:
      return "incomplete";
    case State::pruned:
      return "pruned";
    case State::foreign:
      return "foreign";
    case State::damaged:
      return "damaged";
  }
  return "";
}

std::vector<Folder> snapshot_folders(const store::Store& store) {
  std::map<std::pair<base::WallTime, std::string>, Folder> found;
  for (const auto& listed : store.list_folders("")) {
    const bool is_work = listed.ends_with(kWorkSuffix);
    const std::string name = is_work ? listed.substr(0, listed.size() - kWorkSuffix.size()) : listed;
    const auto parsed = parse_snapshot_name(name);
    if (!parsed) continue;
    auto& folder = found[{parsed->at, name}];
    folder.name = name;
    folder.site = parsed->site;
    folder.at = parsed->at;
    (is_work ? folder.has_work : folder.has_content) = true;
  }
  std::vector<Folder> folders;
  for (auto& [order, folder] : found) folders.push_back(std::move(folder));
  return folders;
}

Snapshot look_at(const store::Store& store, const Folder& folder, const ManifestVisitor& visitor) {
  Snapshot snapshot{.folder = folder};
  try {
    if (auto head = folder.has_content ? visit_manifest(store, folder.name, visitor) : std::nullopt) {
      snapshot.state = head->status == "complete" ? State::complete : State::partial;
      snapshot.site = head->site;
      snapshot.head = std::move(*head);
    } else if (folder.has_work) {
      return look_at_plan(store, std::move(snapshot));
    }
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    snapshot.state = State::damaged;
    snapshot.trouble = error.what();
  }
  return snapshot;
}

std::vector<Snapshot> find_snapshots(const store::Store& store, std::stop_token stop) {
  const auto folders = snapshot_folders(store);
  std::vector<Snapshot> snapshots(folders.size());
  flow::for_each(folders.size(), kLanes, stop,
                 [&](size_t i, size_t, const std::stop_token&) { snapshots[i] = look_at(store, folders[i]); });
  return snapshots;
}

Snapshot resolve_snapshot(const store::Store& store, std::string_view text, const std::string& site) {
  const auto folders = snapshot_folders(store);
  if (const auto steps = steps_back(text)) return nth_newest(store, text, of_one_site(folders, text, site), *steps);
  if (const auto day = day_in(text); !day.empty())
    return newest_of_day(store, text, of_one_site(folders, text, site), day);
  if (text.empty())
    base::fail(ErrorKind::usage, "no snapshot is named: write latest, a date, or the beginning of a name");
  return named(store, text, folders);
}

void expect_readable(const store::Store& store, const Snapshot& snapshot) {
  const auto& name = snapshot.folder.name;
  switch (snapshot.state) {
    case State::complete:
    case State::partial:
      return;
    case State::incomplete:
      base::fail(ErrorKind::not_found,
                 "{} has no manifest yet: its backup is at work, or was cut and is finished by the "
                 "next `tabferry backup`",
                 base::quoted(store.url(name), 400));
    case State::pruned:
      base::fail(ErrorKind::not_found, "{} was taken away by a prune; what stands there is named by other snapshots",
                 base::quoted(store.url(name), 400));
    case State::foreign:
      base::fail(ErrorKind::not_found,
                 "{} has no manifest: another program made it (the Lambda sample names its folders "
                 "so), and there is nothing to check it by",
                 base::quoted(store.url(name), 400));
    case State::damaged:
      throw base::Error(ErrorKind::corrupt,
                        snapshot.trouble + ". An earlier snapshot may be whole: `tabferry snapshots` lists them");
  }
}

std::vector<Newest> newest_of_each_site(const store::Store& store, const std::string& site) {
  std::map<std::string, Newest> sites;
  auto folders = snapshot_folders(store);
  std::reverse(folders.begin(), folders.end());
  for (const auto& folder : folders) {
    if (!site.empty() && folder.site != site) continue;
    auto& newest = sites[folder.site];
    newest.site = folder.site;
    if (newest.complete) continue;
    auto snapshot = look_at(store, folder);
    if (snapshot.state == State::complete)
      newest.complete = std::move(snapshot);
    else if (snapshot.state != State::foreign && snapshot.state != State::pruned)
      newest.newer.push_back(std::move(snapshot));
  }
  std::vector<Newest> all;
  for (auto& [name, newest] : sites)
    if (newest.complete || !newest.newer.empty()) all.push_back(std::move(newest));
  return all;
}

}  // namespace tabferry::backup
