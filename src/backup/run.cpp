#include "backup/run.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <functional>
#include <random>
#include <set>

#include "backup/lease_keeper.h"
#include "backup/named_objects.h"
#include "backup/snapshot_name.h"
#include "backup/snapshots.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "base/url.h"
#include "io/file.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr std::chrono::hours kResumable{6};
constexpr int kMaxSeconds = 3600;  // that a name may move on; more is a clock gone wrong

std::string new_run_id() {
  std::random_device dice;
  return fmt::format("{:08x}{:08x}", dice(), dice());
}

std::string host_name() {
  std::array<char, 256> name{};
  return ::gethostname(name.data(), name.size() - 1) == 0 ? name.data() : "?";
}

bool is_administrator(std::string_view role) { return role.find("Administrator") != std::string_view::npos; }

// Who is signed in, and where.
SiteFacts facts_of(const Shores& shores) {
  auto site = shores.site.lane();
  const auto version = site.server_version();
  const auto user = site.get("asking who this user is", tableau::Below::site,
                             "users/" + base::percent_encoded(site.user_id()), "user", shores.stop);
  SiteFacts facts{.server = shores.server,
                  .luid = site.site_id(),
                  .content_url = shores.content_url,
                  .product_version = version.product_version,
                  .build = version.build,
                  .rest_api_version = version.rest_api_version,
                  .user = user.body.is_object() ? user.body.value("name", "") : "",
                  .user_luid = site.user_id(),
                  .role = user.body.is_object() ? user.body.value("siteRole", "") : ""};
  return facts;
}

std::string scope_of(const SiteFacts& facts, bool visible_allowed) {
  if (is_administrator(facts.role)) return "admin";
  if (visible_allowed) return "visible";
  base::fail(ErrorKind::refused,
             "{} is no administrator of this site ({}): a backup would silently miss what this user cannot see. Sign in as "
             "a site administrator, or take what is visible with --scope visible (the snapshot says so)",
             facts.user.empty() ? "this user" : base::quoted(facts.user), facts.role.empty() ? "?" : facts.role);
}

// On one line: a plan is gone on with only by a run that would plan the same.
std::string asked_of(const BackupOptions& options) {
  const auto texts = [](const std::vector<Selector>& selectors) {
    std::vector<std::string> all;
    for (const auto& selector : selectors) all.push_back(selector.text());
    return all;
  };
  const Scope& scope = options.scope;
  doc::Json asked = {{"workbooks", scope.workbooks}, {"datasources", scope.datasources}, {"flows", scope.flows},
                     {"metadata", scope.metadata},   {"revisions", scope.revisions},     {"include", texts(scope.include)},
                     {"exclude", texts(scope.exclude)}, {"visible", options.visible_only_allowed},
                     {"tags", options.tags}};
  for (const auto& [kind, cap] : scope.caps) asked["caps"][kind] = cap;
  return doc::to_line(asked);
}

Holder holder_of(const std::string& run, const std::string& plan) {
  return {.plan = plan, .run = run, .host = host_name(), .what = "backup", .since = ""};
}

LeaseKeeper lease_for(const Shores& shores, const std::string& run, const std::string& plan) {
  auto site = shores.site.lane();
  return {shores.store, lease_key(shores.server, site.site_id()), holder_of(run, plan), shores.clock, shores.stop};
}

// What the store has of this site (by the name of its folders; a luid decides later), the newest first.
std::vector<Snapshot> snapshots_of(const Shores& shores, const SiteFacts& site) {
  const auto name = parse_snapshot_name(snapshot_name(site.content_url, {}));
  auto found = newest_of_each_site(shores.store, name ? name->site : site.content_url);
  if (found.empty()) return {};
  auto snapshots = std::move(found.front().newer);
  if (found.front().complete) snapshots.push_back(std::move(*found.front().complete));
  return snapshots;
}

// An object that a receipt of that run names and that is not there any more as it was written.
std::optional<Broken> lost_object(const store::Store& store, const std::string& snapshot) {
  std::vector<Named> named;
  for (const auto& [unit, receipt] : read_receipts(store, snapshot))
    if (!receipt.key.empty()) named.push_back({.key = receipt.key, .size_bytes = receipt.size_bytes, .etag = receipt.etag});
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

bool can_be_finished(const Shores& shores, const Plan& plan) {
  const auto trouble = trouble_of(shores.store, plan);
  if (trouble.empty()) return true;
  shores.reporter.warning(fmt::format("{}, which was cut short, cannot be finished, for {}: this backup begins anew",
                                      plan.snapshot, trouble));
  return false;
}

// The newest incomplete run that this one may go on with.
std::optional<StoredPlan> resumable(const Shores& shores, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                                    const std::string& asked) {
  for (const auto& snapshot : snapshots) {
    if (snapshot.readable() || shores.store.now() - snapshot.folder.at > kResumable) break;
    if (snapshot.state != Snapshot::State::incomplete || !snapshot.planned) continue;
    auto stored = read_plan(shores.store, snapshot.folder.name);
    if (!stored || stored->plan.site.luid != site.luid || stored->plan.asked != asked) continue;
    if (can_be_finished(shores, stored->plan)) return stored;
  }
  return std::nullopt;
}

std::optional<Manifest> manifest_of(const Shores& shores, const Snapshot& snapshot, const SiteFacts& site) {
  if (!snapshot.readable() || snapshot.site.luid != site.luid) return std::nullopt;
  return read_manifest(shores.store, snapshot.folder.name);
}

// The newest complete snapshot; where there is none, the newest of the partial ones.
std::optional<Manifest> base_of(const Shores& shores, const std::vector<Snapshot>& snapshots, const SiteFacts& site) {
  std::optional<Manifest> base;
  for (const auto& snapshot : snapshots) {
    const bool is_complete = snapshot.state == Snapshot::State::complete;
    if (!base || is_complete)
      if (auto manifest = manifest_of(shores, snapshot, site)) base = std::move(manifest);
    if (base && is_complete) break;
  }
  return base;
}

// What newer partial ones hold is newer than the base's; what they left out is not.
void add_partial_ones(const Shores& shores, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                      SavedItems& saved) {
  std::set<std::string> known;
  for (const auto& snapshot : snapshots) {
    if (snapshot.state == Snapshot::State::complete) return;
    const auto manifest = manifest_of(shores, snapshot, site);
    if (!manifest) continue;
    for (auto& [unit, one] : saved_items(*manifest))
      if (known.insert(unit).second) saved.insert_or_assign(unit, std::move(one));
  }
}

// The newest run that was cut short: its objects have receipts, and are as good as a base's.
std::optional<StoredPlan> cut_run_of(const Shores& shores, const std::vector<Snapshot>& snapshots, const SiteFacts& site) {
  for (const auto& snapshot : snapshots) {
    if (snapshot.readable()) break;
    if (snapshot.state != Snapshot::State::incomplete || !snapshot.planned || snapshot.site.luid != site.luid) continue;
    auto stored = read_plan(shores.store, snapshot.folder.name);
    if (stored && damage_of(shores.store, stored->plan).empty()) return stored;
    return std::nullopt;
  }
  return std::nullopt;
}

// What a plan may build on.
struct Before {
  std::optional<Manifest> base;
  std::optional<StoredPlan> cut;  // newer than the base
  SavedItems saved;               // of both, as far as it is there
};

// Deleted by hand, by a rule of the bucket: one object that is gone is no reason for every later backup to fail.
void drop_lost(const store::Store& store, SavedItems& saved, std::vector<std::string>& notes) {
  std::vector<Named> named;
  for (const auto& [unit, one] : saved)
    named.push_back({.key = one.entry.key, .size_bytes = one.entry.size_bytes, .etag = one.entry.etag});
  const auto broken = broken_objects(store, named);
  if (broken.empty()) return;
  std::set<std::string_view> lost;
  for (const auto& one : broken) lost.insert(one.key);
  std::erase_if(saved, [&](const auto& one) { return lost.contains(one.second.entry.key); });
  notes.push_back(fmt::format("{} of earlier snapshots cannot be relied on, and what they hold is not taken over; first {}, "
                              "which {}. 'tabferry verify' says which snapshots lack them",
                              base::counted(broken.size(), "object"), base::quoted(store.url(broken.front().key), 400),
                              broken.front().why));
}

Before before_of(const Shores& shores, const std::vector<Snapshot>& snapshots, const SiteFacts& site,
                 std::vector<std::string>& notes) {
  Before before{.base = base_of(shores, snapshots, site), .cut = cut_run_of(shores, snapshots, site), .saved = {}};
  if (before.base) before.saved = saved_items(*before.base);
  add_partial_ones(shores, snapshots, site, before.saved);
  if (before.cut) add_saved(*before.cut, read_receipts(shores.store, before.cut->plan.snapshot), before.saved);
  drop_lost(shores.store, before.saved, notes);
  return before;
}

struct Draft {
  Plan plan;
  std::vector<SurveyedList> lists;
};

// The same but for the tags.
bool asked_the_same(const std::string& one, const std::string& other) {
  auto a = doc::parse_json(one, "a snapshot's options"), b = doc::parse_json(other, "a snapshot's options");
  for (auto* asked : {&a, &b})
    if (asked->is_object()) asked->erase("tags");
  return a == b;
}

// A site of which something fails every day has partial ones alone, and they too may have downloaded everything that was
// asked for: they count where that is what is asked for now.
std::string last_full_of(const std::vector<Snapshot>& snapshots, const Plan& plan, const Before& before) {
  std::string last = before.base ? before.base->head.last_full : before.cut ? before.cut->plan.last_full : "";
  for (const auto& one : snapshots)
    if (one.readable() && one.site.luid == plan.site.luid && asked_the_same(one.head.asked, plan.asked))
      last = std::max(last, one.head.last_full);
  return last;
}

void explain_full(Plan& plan, const BackupOptions& options, const Before& before, const std::string& last_full) {
  plan.full = before.saved.empty() || options.incremental == Incremental::off;
  if (before.saved.empty()) return;
  plan.last_full = last_full;
  const auto last = base::parse_iso_time(plan.last_full);
  const auto now = base::parse_iso_time(plan.as_of);
  if (!options.full_every || !last || !now || *now - *last < *options.full_every) return;
  plan.full = true;
  plan.notes.push_back(fmt::format("everything is downloaded again: the last time was {}", plan.last_full));
}

void explain_cut(Plan& plan, const Before& before) {
  if (!before.cut) return;
  const auto& cut = before.cut->plan.snapshot;
  const auto of_it = std::count_if(plan.units.begin(), plan.units.end(), [&](const Unit& unit) {
    const bool taken = unit.verb == Unit::Verb::reference || unit.verb == Unit::Verb::copy;
    return taken && unit.earlier && unit.earlier->key.starts_with(cut + "/");
  });
  if (of_it > 0)
    plan.notes.push_back(fmt::format("{} taken over from {}, a run that was cut short",
                                     base::counted(static_cast<uint64_t>(of_it), "item") + (of_it == 1 ? " is" : " are"), cut));
}

// All but the claim: asks the site and reads the store, writes nothing but `folder`.
Draft draft(const Shores& shores, const BackupOptions& options, const SiteFacts& site,
            const std::vector<Snapshot>& snapshots, const std::filesystem::path& folder, std::stop_token stop) {
  Draft draft;
  Plan& plan = draft.plan;
  plan.site = site;
  plan.scope = scope_of(site, options.visible_only_allowed);
  plan.asked = asked_of(options);
  plan.tags = options.tags;
  plan.shards = options.shards;
  shores.reporter.step("listing the site");
  auto surveyed = survey(shores.site, options.scope, options.lanes, folder, shores.reporter, stop);
  plan.as_of = surveyed.as_of;
  plan.notes = std::move(surveyed.notes);
  plan.limits = std::move(surveyed.limits);
  plan.limits.insert(plan.limits.end(), options.limits.begin(), options.limits.end());
  plan.gaps = std::move(surveyed.gaps);
  plan.list_requests = surveyed.list_requests;
  const auto before = before_of(shores, snapshots, site, plan.notes);
  if (before.base) plan.base = before.base->head.snapshot;
  explain_full(plan, options, before, last_full_of(snapshots, plan, before));
  decide(surveyed.content, before.saved, options.incremental, plan.full);
  if (plan.full) plan.last_full = plan.as_of;
  plan.units = std::move(surveyed.content);
  explain_cut(plan, before);
  std::move(surveyed.documents.begin(), surveyed.documents.end(), std::back_inserter(plan.units));
  draft.lists = std::move(surveyed.lists);
  return draft;
}

void upload_lists(const store::Store& store, Plan& plan, const std::vector<SurveyedList>& lists) {
  plan.lists.clear();
  for (const auto& list : lists) {
    const std::string key = fmt::format("{}lists-{}/{}.jsonl", work_folder(plan.snapshot), plan.run, list.head.kind);
    io::FileSource source(list.file);
    const auto sink = store.create(key, {.if_absent = true, .size_bytes = source.size_bytes()});
    std::string block(size_t{256} << 10, '\0');
    for (size_t got = 0; (got = source.read(block)) > 0;) sink->write(std::string_view(block).substr(0, got));
    sink->commit();
    plan.lists.push_back({.kind = list.head.kind, .key = key, .sha256 = list.sha256});
  }
}

// The next free second, never before the newest snapshot's.
StoredPlan claim_folder(const Shores& shores, Draft draft, const std::vector<Snapshot>& snapshots) {
  base::WallTime at = std::chrono::floor<std::chrono::seconds>(shores.store.now());
  draft.plan.started = base::iso_time(at);
  if (!snapshots.empty()) at = std::max<base::WallTime>(at, snapshots.front().folder.at + std::chrono::seconds(1));
  for (int n = 0; n < kMaxSeconds; ++n, at += std::chrono::seconds(1)) {
    draft.plan.snapshot = snapshot_name(draft.plan.site.content_url, at);
    if (shores.store.stat(plan_key(draft.plan.snapshot))) continue;
    upload_lists(shores.store, draft.plan, draft.lists);
    std::string sha256;
    if (claim(shores.store, draft.plan, sha256)) return {.plan = std::move(draft.plan), .sha256 = sha256};
  }
  base::fail(ErrorKind::conflict, "no folder could be claimed in {}", shores.store.url(""));
}

Planned plan_under(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const std::string& run) {
  return under(keeper, [&](std::stop_token stop) {
    const auto site = facts_of(shores);
    const auto snapshots = snapshots_of(shores, site);
    (void)scope_of(site, options.visible_only_allowed);
    if (options.resume)
      if (auto there = resumable(shores, snapshots, site, asked_of(options))) {
        shores.reporter.step(fmt::format("going on with {}", there->plan.snapshot));
        keeper.lease().name_plan(there->plan.snapshot);
        return Planned{.stored = std::move(*there), .resumed = true};
      }
    const base::TempDir folder(base::default_temp_parent());
    auto drafted = draft(shores, options, site, snapshots, folder.path(), stop);
    drafted.plan.run = run;
    Planned planned{.stored = claim_folder(shores, std::move(drafted), snapshots)};
    keeper.lease().name_plan(planned.stored.plan.snapshot);
    return planned;
  });
}

WorkDone work_under(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const Plan& plan,
                    const Shard& shard, const std::string& run) {
  return under(keeper, [&](std::stop_token stop) {
    const WorkOptions work_options{.lanes = options.lanes,
                                   .memory_bytes = options.memory_bytes,
                                   .run = run,
                                   .locked_until = options.locked_until};
    return work(shores.site, shores.store, plan, shard, work_options, shores.clock, shores.reporter, stop);
  });
}

Sealed seal_under(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const StoredPlan& stored) {
  return under(keeper, [&](std::stop_token stop) {
    keeper.lease().renew();  // who was taken over meanwhile must not seal
    return seal(shores.store, stored, options.seal, base::default_temp_parent(), shores.reporter, stop);
  });
}

// How many there are is the plan's, where it is not told.
Shard shard_of(const Plan& plan, Shard asked) {
  if (asked.of == 0) asked.of = std::max(1U, plan.shards);
  if (asked.number >= asked.of)
    base::fail(ErrorKind::usage, "there is no shard {} of {}: it was planned for {}, 0 to {}", asked.number, plan.snapshot,
               base::counted(asked.of, "shard"), asked.of - 1);
  return asked;
}

StoredPlan need_plan(const Shores& shores, const std::string& snapshot) {
  if (auto stored = read_plan(shores.store, snapshot)) return std::move(*stored);
  base::fail(ErrorKind::not_found, "there is no plan {}: make one with backup-plan", shores.store.url(plan_key(snapshot)));
}

}  // namespace

Preview preview(const Shores& shores, const BackupOptions& options) {
  const auto site = facts_of(shores);
  const base::TempDir folder(base::default_temp_parent());
  Preview preview{.plan = draft(shores, options, site, snapshots_of(shores, site), folder.path(), shores.stop).plan};
  for (const auto& unit : preview.plan.units) {
    if (unit.verb == Unit::Verb::read) ++preview.documents;
    if (unit.verb == Unit::Verb::reference || unit.verb == Unit::Verb::copy) ++preview.taken_over;
    if (unit.verb != Unit::Verb::download) continue;
    ++preview.downloads;
    preview.download_bytes += unit.listed_bytes;
  }
  preview.requests = preview.plan.list_requests + preview.documents + preview.downloads;
  if (options.requests_per_hour > 0)
    preview.hours_of_budget = static_cast<double>(preview.requests) / static_cast<double>(options.requests_per_hour);
  return preview;
}

Planned plan(const Shores& shores, const BackupOptions& options) {
  const auto run = new_run_id();
  auto keeper = lease_for(shores, run, "");
  auto planned = plan_under(keeper, shores, options, run);
  keeper.lease().leave();
  return planned;
}

WorkDone work(const Shores& shores, const BackupOptions& options, const std::string& snapshot, const Shard& shard) {
  const auto run = new_run_id();
  const auto stored = need_plan(shores, snapshot);
  const auto part = shard_of(stored.plan, shard);
  if (shores.store.stat(manifest_key(snapshot))) return {.sealed = true};
  auto keeper = lease_for(shores, run, snapshot);
  keeper.lease().leave();
  return work_under(keeper, shores, options, stored.plan, part, run);
}

Sealed seal(const Shores& shores, const BackupOptions& options, const std::string& snapshot) {
  const auto stored = need_plan(shores, snapshot);
  if (shores.store.stat(manifest_key(snapshot)))  // sealed before: it is read, whoever is at work
    return seal(shores.store, stored, options.seal, base::default_temp_parent(), shores.reporter, shores.stop);
  auto keeper = lease_for(shores, new_run_id(), snapshot);
  return seal_under(keeper, shores, options, stored);
}

Backed backup(const Shores& shores, const BackupOptions& options) {
  const auto run = new_run_id();
  auto keeper = lease_for(shores, run, "");
  Backed backed{.planned = plan_under(keeper, shores, options, run), .worked = {}, .sealed = {}};
  backed.worked = work_under(keeper, shores, options, backed.planned.stored.plan, {}, run);
  backed.sealed = seal_under(keeper, shores, options, backed.planned.stored);
  return backed;
}

}  // namespace tabferry::backup
