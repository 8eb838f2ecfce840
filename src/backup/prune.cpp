#include "backup/prune.h"

#include <algorithm>
#include <map>
#include <set>

#include "backup/lease_keeper.h"
#include "backup/sweep.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

using State = Snapshot::State;

constexpr std::chrono::hours kDeadUpload{24};

// A site by what it is, not by what it is called.
struct SiteKey {
  std::string server, luid;
  auto operator<=>(const SiteKey&) const = default;
};
using Groups = std::map<SiteKey, std::vector<Snapshot>>;

// What a snapshot names is not known: anything might be it.
void refuse_damaged(const std::vector<Snapshot>& snapshots) {
  for (const auto& one : snapshots)
    if (one.state == State::damaged)
      base::fail(
          ErrorKind::corrupt,
          "nothing is pruned, for what {} names is not known: {}. Put a good copy back, or remove that folder and "
          "its .work folder by hand",
          one.folder.name, one.trouble);
}

// The site of a snapshot whose manifest and plan are gone is in its mark; one that never had a plan belongs to the site
// of its name, where that is one.
Groups by_site(const store::Store& store, const std::vector<Snapshot>& snapshots) {
  std::map<std::string, std::set<SiteKey>> of_name;
  for (const auto& one : snapshots)
    if (!one.site.luid.empty()) of_name[one.folder.site].insert({one.site.server, one.site.luid});
  Groups groups;
  for (const auto& one : snapshots) {
    if (one.state == State::foreign) continue;
    SiteKey site{one.site.server, one.site.luid};
    if (one.state == State::pruned) {
      const auto mark = read_mark(store, one.folder.name);
      site = {mark.server, mark.luid};
    }
    const auto& known = of_name[one.folder.site];
    if (site.luid.empty() && known.size() == 1) site = *known.begin();
    auto& placed = groups[site].emplace_back(one);
    placed.site.server = site.server;
    placed.site.luid = site.luid;
  }
  return groups;
}

class Pruning {
 public:
  Pruning(const store::Store& store, const PruneOptions& options, const base::Clock& clock, report::Reporter& reporter)
      : store_(store), options_(options), clock_(clock), reporter_(reporter) {}

  Pruned run(std::stop_token stop) {
    reporter_.step("reading the manifests");
    for (const auto& [site, snapshots] : read(stop)) {
      const auto verdicts = judged(snapshots);
      const bool idle = std::none_of(verdicts.begin(), verdicts.end(), [](const auto& one) { return needs_work(one); });
      if (idle || site.luid.empty())
        keep(verdicts, site);
      else if (options_.dry_run)
        count(snapshots, verdicts, stop);
      else
        prune_site(site, stop);
    }
    if (!options_.dry_run) result_.aborted_uploads = store_.abort_uploads(kSnapshotPrefix, kDeadUpload);
    std::sort(result_.snapshots.begin(), result_.snapshots.end(),
              [](const auto& a, const auto& b) { return order(a) < order(b); });
    return std::move(result_);
  }

 private:
  static std::pair<base::WallTime, std::string> order(const Pruned::Verdict& verdict) {
    const auto name = parse_snapshot_name(verdict.snapshot);
    return {name ? name->at : base::WallTime{}, verdict.snapshot};
  }
  static bool needs_work(const Pruned::Verdict& verdict) { return !verdict.stays || verdict.state == State::pruned; }

  Groups read(const std::stop_token& stop) const {
    auto snapshots = find_snapshots(store_, stop);
    refuse_damaged(snapshots);
    std::erase_if(snapshots,
                  [&](const Snapshot& one) { return !options_.site.empty() && one.folder.site != options_.site; });
    return by_site(store_, snapshots);
  }

  std::vector<Pruned::Verdict> judged(const std::vector<Snapshot>& snapshots) const {
    const auto judgements = judge(snapshots, options_.retention, store_.now());
    std::vector<Pruned::Verdict> verdicts;
    for (size_t i = 0; i < snapshots.size(); ++i)
      verdicts.push_back({.snapshot = snapshots[i].folder.name,
                          .state = snapshots[i].state,
                          .stays = judgements[i].stays,
                          .reason = judgements[i].reason});
    return verdicts;
  }

  void keep(const std::vector<Pruned::Verdict>& verdicts, const SiteKey& site) {
    for (auto verdict : verdicts) {
      if (site.luid.empty() && needs_work(verdict)) verdict.reason = "whose it is is not known: no manifest, no plan";
      verdict.stays = true;
      result_.snapshots.push_back(std::move(verdict));
    }
  }

  void count(const std::vector<Snapshot>& snapshots, std::vector<Pruned::Verdict> verdicts,
             const std::stop_token& stop) {
    Sweep sweep(store_, reporter_, stop);
    for (const auto& verdict : verdicts)
      if (needs_work(verdict)) sweep.add(verdict.snapshot);
    sweep.read_names();
    for (size_t i = 0; i < verdicts.size(); ++i)
      if (needs_work(verdicts[i]) && !keep_if_locked(verdicts[i])) {
        take(verdicts[i], sweep.count(snapshots[i].folder.name));
        settle(verdicts[i]);
      }
    warn_of_other_options(snapshots, verdicts);
    result_.snapshots.insert(result_.snapshots.end(), verdicts.begin(), verdicts.end());
  }

  void warn_of_other_options(const std::vector<Snapshot>& snapshots, const std::vector<Pruned::Verdict>& verdicts) {
    std::vector<bool> stays;
    for (const auto& verdict : verdicts) stays.push_back(verdict.stays);
    if (auto words = warning_of_favour(snapshots, stays); !words.empty()) result_.notes.push_back(std::move(words));
  }

  static void take(Pruned::Verdict& verdict, const Swept& swept) {
    verdict.objects += swept.objects;
    verdict.bytes += swept.bytes;
    verdict.named = swept.named;
  }

  // Everything is read again under the lease: what was true before it may not be so now.
  void prune_site(const SiteKey& site, const std::stop_token& stop) {
    LeaseKeeper keeper(store_, lease_key(site.server, site.luid), fresh_holder("prune"), clock_, stop);
    under(keeper, [&](const std::stop_token& held) {
      const auto groups = read(held);
      const auto group = groups.find(site);
      if (group != groups.end()) prune_group(group->second, held);
      return true;
    });
  }

  void prune_group(const std::vector<Snapshot>& snapshots, const std::stop_token& stop) {
    auto verdicts = judged(snapshots);
    Sweep sweep(store_, reporter_, stop);
    for (size_t i = 0; i < verdicts.size(); ++i) {
      if (!needs_work(verdicts[i]) || keep_if_locked(verdicts[i])) continue;
      if (verdicts[i].state != State::pruned) take(verdicts[i], sweep.take_manifest(snapshots[i]));
      sweep.add(verdicts[i].snapshot);
    }
    sweep.read_names();
    for (auto& verdict : verdicts) {
      if (!sweep.has(verdict.snapshot)) continue;
      take(verdict, sweep.clear(verdict.snapshot));
      settle(verdict);
    }
    for (const auto& note : sweep.notes()) result_.notes.push_back(note);
    warn_of_other_options(snapshots, verdicts);
    result_.snapshots.insert(result_.snapshots.end(), verdicts.begin(), verdicts.end());
  }

  // Behind its count: what was pruned before stays as far as others name it.
  static void settle(Pruned::Verdict& verdict) {
    if (verdict.state == State::pruned)
      verdict.reason =
          verdict.named > 0 ? "others name what is left of it" : "a prune was cut, or nobody names it any more";
    verdict.stays = verdict.state == State::pruned && verdict.named > 0;
  }

  // A snapshot stays as a whole as long as its manifest is locked.
  bool keep_if_locked(Pruned::Verdict& verdict) {
    if (verdict.state == State::pruned || verdict.state == State::incomplete) return false;
    const auto lock = lock_on(store_, manifest_key(verdict.snapshot));
    if (!lock) return false;
    verdict.stays = true;
    verdict.reason = *lock;
    result_.notes.push_back(fmt::format("{} is {}", verdict.snapshot, verdict.reason));
    return true;
  }

  const store::Store& store_;
  const PruneOptions& options_;
  const base::Clock& clock_;
  report::Reporter& reporter_;
  Pruned result_;
};

}  // namespace

Pruned prune(const store::Store& store, const PruneOptions& options, const base::Clock& clock,
             report::Reporter& reporter, std::stop_token stop) {
  if (options.retention.says_nothing())
    base::fail(ErrorKind::usage, "no rule says which snapshots stay: give one, such as --keep-daily 7 --keep-weekly 4");
  return Pruning(store, options, clock, reporter).run(stop);
}

}  // namespace tabferry::backup
