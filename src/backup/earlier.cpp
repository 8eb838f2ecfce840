#include "backup/earlier.h"

#include <algorithm>
#include <map>
#include <set>

#include "backup/named_objects.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/text.h"
#include "flow/for_each.h"
#include "io/copy.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

// An object that a receipt of that run names and that is not there any more as it was written.
std::optional<Broken> lost_object(const store::Store& store, const std::string& snapshot) {
  std::vector<Named> named;
  for (const auto& [unit, receipt] : read_receipts(store, snapshot))
    if (!receipt.key.empty()) named.push_back(named_of(receipt));
  auto broken = broken_objects(store, named);
  if (broken.empty()) return std::nullopt;
  return std::move(broken.front());
}

// Why its receipts cannot be read; "" where they can.
std::string damage_of(const store::Store& store, const Plan& plan) {
  try {
    (void)read_receipts(store, plan.snapshot);
    return "";
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt && error.kind() != ErrorKind::config) throw;
    return error.what();
  }
}

// Why it cannot be gone on with; "" where it can.
std::string trouble_of(const store::Store& store, const Plan& plan) {
  if (auto damage = damage_of(store, plan); !damage.empty()) return damage;
  for (const auto& list : plan.lists)
    if (!store.stat(list.key)) return base::quoted(store.url(list.key), 400) + " is not there any more";
  const auto lost = lost_object(store, plan.snapshot);
  return lost ? fmt::format("{} {}", base::quoted(lost->key, 400), lost->why) : "";
}

bool can_be_finished(const store::Store& store, const Plan& plan, report::Reporter& reporter) {
  const auto trouble = trouble_of(store, plan);
  if (trouble.empty()) return true;
  reporter.warning(fmt::format("{}, which was cut short, cannot be finished, for {}: this backup begins anew",
                               plan.snapshot, trouble));
  return false;
}

// Of one that can be built on. An entry of a form that is not known (a newer tabferry's) is no reason to fail.
std::optional<Manifest> manifest_of(const store::Store& store, const Snapshot& snapshot, const SiteFacts& site,
                                    report::Reporter& reporter) {
  if (!snapshot.readable() || snapshot.site.luid != site.luid) return std::nullopt;
  try {
    return read_manifest(store, snapshot.folder.name);
  } catch (const base::Error& error) {
    if (error.kind() != ErrorKind::corrupt) throw;
    reporter.warning(fmt::format("{} is not built on, for its manifest cannot be understood: {}", snapshot.folder.name,
                                 error.what()));
    return std::nullopt;
  }
}

// The newest complete snapshot; where there is none, the newest of the partial ones.
std::optional<Manifest> base_of(const store::Store& store, const std::vector<Snapshot>& snapshots,
                                const SiteFacts& site, report::Reporter& reporter) {
  std::optional<Manifest> base;
  for (const auto& snapshot : snapshots) {
    const bool is_complete = snapshot.state == Snapshot::State::complete;
    if (!base || is_complete)
      if (auto manifest = manifest_of(store, snapshot, site, reporter)) base = std::move(manifest);
    if (base && is_complete) break;
  }
  return base;
}

// What newer partial ones hold is newer than the base's; what they left out is not.
void add_partial_ones(const store::Store& store, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                      SavedItems& saved, report::Reporter& reporter) {
  std::set<std::string> known;
  for (const auto& snapshot : snapshots) {
    if (snapshot.state == Snapshot::State::complete) return;
    const auto manifest = manifest_of(store, snapshot, site, reporter);
    if (!manifest) continue;
    for (auto& [unit, one] : saved_items(*manifest))
      if (known.insert(unit).second) saved.insert_or_assign(unit, std::move(one));
  }
}

// The newest run that was cut short: its objects have receipts, and are as good as a base's.
std::optional<StoredPlan> cut_run_of(const store::Store& store, const std::vector<Snapshot>& snapshots,
                                     const SiteFacts& site) {
  for (const auto& snapshot : snapshots) {
    if (snapshot.readable()) break;
    if (snapshot.state != Snapshot::State::incomplete || !snapshot.planned || snapshot.site.luid != site.luid) continue;
    auto stored = read_plan(store, snapshot.folder.name);
    if (!stored) return std::nullopt;
    std::erase_if(stored->plan.units, [](const Unit& unit) { return unit.verb == Unit::Verb::read; });
    stored->plan.units.shrink_to_fit();  // most of them are documents, and those are not taken over
    if (damage_of(store, stored->plan).empty()) return stored;
    return std::nullopt;
  }
  return std::nullopt;
}

// What an object holds, read again.
struct Reread {
  std::string etag, sha256;
};
using Rereads = std::map<std::string, Reread>;  // by key

// "" where it cannot be read: it is one that cannot be relied on.
std::string sha256_of(const store::Store& store, const Broken& one, const std::stop_token& stop) {
  try {
    const auto source = store.open(one.key, {.if_match = one.etag, .size_bytes = one.size_bytes});
    return io::sha256_of(*source, stop, "reading the objects of earlier snapshots");
  } catch (const base::Error& error) {
    if (error.kind() == ErrorKind::cancelled) throw;
    return "";
  }
}

// A store that was copied, restored or replicated has other ETags, and the same bytes: reading them there asks nothing
// of the site.
Rereads reread(const store::Store& store, const std::vector<Broken>& broken, report::Reporter& reporter,
               const std::stop_token& stop) {
  std::vector<const Broken*> doubtful;
  for (const auto& one : broken)
    if (!one.etag.empty()) doubtful.push_back(&one);
  if (doubtful.empty()) return {};
  reporter.step(fmt::format("reading {} of earlier snapshots, for the ETags are others: was the store copied?",
                            base::counted(doubtful.size(), "object")));
  std::vector<Reread> read(doubtful.size());
  const size_t width = std::max<size_t>(store.read_ahead().objects, 1);
  flow::for_each(doubtful.size(), width, stop, [&](size_t i, size_t, const std::stop_token& until) {
    read[i] = {.etag = doubtful[i]->etag, .sha256 = sha256_of(store, *doubtful[i], until)};
  });
  Rereads all;
  for (size_t i = 0; i < doubtful.size(); ++i) all.emplace(doubtful[i]->key, std::move(read[i]));
  return all;
}

void note_lost(const store::Store& store, const std::vector<const Broken*>& lost, std::vector<std::string>& notes) {
  const Broken& first = *lost.front();
  notes.push_back(
      fmt::format("{} of earlier snapshots cannot be relied on, and what they hold is not taken over; first {}, "
                  "which {}. 'tabferry verify --full' says which snapshots lack them",
                  base::counted(lost.size(), "object"), base::quoted(store.url(first.key), 400), first.why));
}

void note_same(size_t same, std::vector<std::string>& notes) {
  notes.push_back(
      fmt::format("{} of earlier snapshots have other ETags than were written (was the store copied or "
                  "restored?): they were read, their bytes are the same, and they are relied on",
                  base::counted(same, "object")));
}

// Deleted by hand, by a rule of the bucket: one object that is gone is no reason for every later backup to fail.
void drop_lost(const store::Store& store, SavedItems& saved, std::vector<std::string>& notes,
               report::Reporter& reporter, const std::stop_token& stop) {
  std::vector<Named> named;
  for (const auto& [unit, one] : saved) named.push_back(named_of(one.bytes));
  const auto broken = broken_objects(store, named);
  const auto rereads = reread(store, broken, reporter, stop);
  std::set<std::string> doubtful, lost_keys;
  for (const auto& one : broken) doubtful.insert(one.key);
  for (auto& [unit, one] : saved) {
    const auto now = rereads.find(one.bytes.key);
    if (now != rereads.end() && !now->second.sha256.empty() && now->second.sha256 == one.bytes.sha256)
      one.bytes.etag = now->second.etag;
    else if (doubtful.contains(one.bytes.key))
      lost_keys.insert(one.bytes.key);
  }
  std::erase_if(saved, [&](const auto& one) { return lost_keys.contains(one.second.bytes.key); });
  std::vector<const Broken*> lost;
  for (const auto& one : broken)
    if (lost_keys.contains(one.key)) lost.push_back(&one);
  if (!lost.empty()) note_lost(store, lost, notes);
  if (lost.size() < broken.size()) note_same(broken.size() - lost.size(), notes);
}

}  // namespace

std::vector<Snapshot> snapshots_of(const store::Store& store, const SiteFacts& site) {
  const auto name = parse_snapshot_name(snapshot_name(site.content_url, {}));
  auto found = newest_of_each_site(store, name ? name->site : site.content_url);
  if (found.empty()) return {};
  auto snapshots = std::move(found.front().newer);
  if (found.front().complete) snapshots.push_back(std::move(*found.front().complete));
  return snapshots;
}

std::optional<StoredPlan> resumable(const store::Store& store, const std::vector<Snapshot>& snapshots,
                                    const Plan& outline, report::Reporter& reporter) {
  for (const auto& snapshot : snapshots) {
    if (snapshot.readable() || store.now() - snapshot.folder.at > kResumable) break;
    if (snapshot.state != Snapshot::State::incomplete || !snapshot.planned) continue;
    auto stored = read_plan(store, snapshot.folder.name);
    if (!stored || stored->plan.site.luid != outline.site.luid) continue;
    const auto& plan = stored->plan;
    if (plan.asked != outline.asked || plan.incremental != outline.incremental)
      reporter.step(
          fmt::format("{} was cut short, and is not gone on with: it was asked for otherwise", plan.snapshot));
    else if (can_be_finished(store, plan, reporter))
      return stored;
  }
  return std::nullopt;
}

Before before_of(const store::Store& store, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                 std::vector<std::string>& notes, report::Reporter& reporter, const std::stop_token& stop) {
  Before before;
  if (auto base = base_of(store, snapshots, site, reporter)) {
    before.saved = saved_items(*base);
    before.refused = refusals_of(*base);
    before.base = std::move(base->head);
  }
  add_partial_ones(store, snapshots, site, before.saved, reporter);
  if (auto cut = cut_run_of(store, snapshots, site)) {
    add_saved(*cut, read_receipts(store, cut->plan.snapshot), before.saved);
    before.cut = std::move(cut->plan);
    before.cut->units = {};
  }
  drop_lost(store, before.saved, notes, reporter, stop);
  return before;
}

std::string last_full_of(const std::vector<Snapshot>& snapshots, const Plan& plan, const Before& before) {
  std::string last = before.base ? before.base->last_full : before.cut ? before.cut->last_full : "";
  for (const auto& one : snapshots)
    if (one.readable() && one.site.luid == plan.site.luid && one.head.asked == plan.asked)
      last = std::max(last, one.head.last_full);
  return last;
}

}  // namespace tabferry::backup
