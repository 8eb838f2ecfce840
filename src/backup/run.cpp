#include "backup/run.h"

#include <malloc.h>

#include <algorithm>

#include "backup/draft.h"
#include "backup/earlier.h"
#include "backup/interrupted.h"
#include "backup/lease_keeper.h"
#include "backup/shard_list.h"
#include "backup/snapshot_name.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "base/url.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

// Who is signed in, and where.
SiteFacts facts_of(const Shores& shores) {
  auto site = shores.site.lane();
  const auto version = site.server_version();
  const auto user = site.get("asking who this user is", tableau::Below::site,
                             "users/" + base::percent_encoded(site.user_id()), "user", shores.stop);
  return {.server = shores.server,
          .luid = site.site_id(),
          .content_url = shores.content_url,
          .product_version = version.product_version,
          .build = version.build,
          .rest_api_version = version.rest_api_version,
          .user = user.body.is_object() ? user.body.value("name", "") : "",
          .user_luid = site.user_id(),
          .role = user.body.is_object() ? user.body.value("siteRole", "") : ""};
}

std::string scope_of(const SiteFacts& facts, bool visible_allowed) {
  if (is_administrator(facts.role)) return "admin";
  if (visible_allowed) return "visible";
  base::fail(
      ErrorKind::refused,
      "{} is no administrator of this site ({}): a backup would silently miss what this user cannot see. Sign in as "
      "a site administrator, or take what is visible with --scope visible (the snapshot says so)",
      facts.user.empty() ? "this user" : base::quoted(facts.user), facts.role.empty() ? "?" : facts.role);
}

Holder holder_of(const std::string& plan) {
  auto holder = fresh_holder("backup");
  holder.plan = plan;
  return holder;
}

LeaseKeeper lease_for(const Shores& shores, const Holder& holder) {
  auto site = shores.site.lane();
  return {shores.store, lease_key(shores.server, site.site_id()), holder, shores.clock, shores.stop};
}

// A run that goes on with another one's plan has its tags beside that one's.
void add_tags(std::vector<std::string>& tags, const std::vector<std::string>& more) {
  for (const auto& tag : more)
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) tags.push_back(tag);
}

Planned plan_under(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const std::string& run) {
  return under(keeper, [&](std::stop_token stop) {
    const auto site = facts_of(shores);
    const auto scope = scope_of(site, options.visible_only_allowed);
    const auto snapshots = snapshots_of(shores.store, site);
    auto outline = outline_of(options, site, scope);
    if (options.resume)
      if (auto there = resumable(shores.store, snapshots, outline, shores.reporter)) {
        shores.reporter.step(fmt::format("going on with {}", there->plan.snapshot));
        add_tags(there->plan.tags, options.tags);
        keeper.lease().name_plan(there->plan.snapshot);
        return Planned{.stored = std::move(*there), .resumed = true};
      }
    const base::TempDir folder(base::default_temp_parent());
    auto drafted = draft(shores, options, std::move(outline), snapshots, folder.path(), stop);
    drafted.plan.run = run;
    Planned planned{.stored = claim_folder(shores.store, std::move(drafted), snapshots)};
    keeper.lease().name_plan(planned.stored.plan.snapshot);
    return planned;
  });
}

WorkDone work_under(LeaseKeeper& keeper, const Shores& shores, const Plan& plan, const Shard& shard,
                    const WorkOptions& work_options) {
  return under(keeper, [&](std::stop_token stop) {
    return work(shores.site, shores.store, plan, shard, work_options, shores.clock, shores.reporter, stop);
  });
}

WorkOptions work_options_of(const BackupOptions& options, const std::string& run) {
  return {.lanes = options.lanes,
          .memory_bytes = options.memory_bytes,
          .run = run,
          .locked_until = options.locked_until,
          .deadline = options.deadline};
}

// What workers that are connected apps cannot read.
WorkDone work_for_apps(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const Plan& plan,
                       const std::string& run) {
  if (!options.workers_by_app || shores.site.by_connected_app()) return {};
  auto work_options = work_options_of(options, run);
  work_options.only_closed_to_apps = true;
  return work_under(keeper, shores, plan, {}, work_options);
}

Sealed seal_under(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options, const StoredPlan& stored) {
  return under(keeper, [&](std::stop_token stop) {
    keeper.lease().renew();  // who was taken over meanwhile must not seal
    return seal(shores.store, stored, options.seal, base::default_temp_parent(), shores.reporter, stop);
  });
}

bool is_time_up(const base::Error& error, const BackupOptions& options) {
  return error.kind() == ErrorKind::cancelled && options.deadline.stop_requested();
}

// For what has to be done in one call.
template <class Step>
auto in_time(const BackupOptions& options, const std::string& what, const Step& step) {
  try {
    return step();
  } catch (const base::Error& error) {
    if (!is_time_up(error, options)) throw;
    base::fail(ErrorKind::refused,
               "{} took longer than this run may: give the function more time (15 minutes at most), or run the backup "
               "where there is no limit: `tabferry backup` in the Fargate task, or on any machine",
               what);
  }
}

// Of a call of limited time: absent where the time was up, which is noted for the next one. What two of them did not
// seal a third one does not either, and nobody would ever be told.
std::optional<Sealed> seal_in_time(LeaseKeeper& keeper, const Shores& shores, const BackupOptions& options,
                                   const StoredPlan& stored, const std::string& run, UnderWay& under_way) {
  const auto& snapshot = stored.plan.snapshot;
  if (!options.deadline.stop_possible()) return seal_under(keeper, shores, options, stored);
  const std::string unit(kSealUnit);
  if (is_given_up(read_interrupted(shores.store, snapshot), unit))
    base::fail(ErrorKind::refused,
               "all of {} is saved, but sealing it took longer than {} runs of limited time had: run `tabferry "
               "backup-seal --snapshot {}` where there is no limit, in the Fargate task or on any machine",
               snapshot, kMostInterruptions, snapshot);
  under_way.begin(unit);
  try {
    return seal_under(keeper, shores, options, stored);
  } catch (const base::Error& error) {
    if (!is_time_up(error, options)) throw;
    under_way.write(shores.store, snapshot, run + "-seal");
    return std::nullopt;
  }
}

// Who planned may have been another user; the site is the same.
StoredPlan plan_of_this_site(const Shores& shores, const std::string& snapshot) {
  auto stored = need_plan(shores.store, snapshot);
  const auto here = shores.site.site_id();
  if (stored.plan.site.luid == here) return stored;
  base::fail(ErrorKind::config,
             "{} is a plan of the site {} on {}, and the site that was signed in to is another one ({}, on {}): choose "
             "its site of the configuration with --site",
             snapshot, base::quoted(site_word(stored.plan.site.content_url)), stored.plan.site.server, here,
             shores.server);
}

// What a step held and freed stays a part of the process's size, beside what the next one holds, if nobody says
// otherwise: it lies in pieces between what is kept.
void give_back_memory() { ::malloc_trim(0); }

}  // namespace

bool is_administrator(std::string_view role) { return role.find("Administrator") != std::string_view::npos; }

Preview preview(const Shores& shores, const BackupOptions& options) {
  const auto site = facts_of(shores);
  const auto scope = scope_of(site, options.visible_only_allowed);
  const base::TempDir folder(base::default_temp_parent());
  const auto snapshots = snapshots_of(shores.store, site);
  auto outline = outline_of(options, site, scope);
  Preview preview{.plan = draft(shores, options, std::move(outline), snapshots, folder.path(), shores.stop).plan};
  for (const auto& unit : preview.plan.units) {
    if (unit.verb == Unit::Verb::read) ++preview.documents;
    if (unit.verb == Unit::Verb::reference || unit.verb == Unit::Verb::copy) ++preview.taken_over;
    if (unit.verb == Unit::Verb::leave) ++preview.left;
    if (unit.verb != Unit::Verb::download) continue;
    if (unit.rule == kAskedAgain) {
      ++preview.asked_again;
      continue;
    }
    ++preview.downloads;
    preview.download_bytes += unit.listed_bytes;
  }
  preview.requests = preview.plan.list_requests + preview.documents + preview.downloads + preview.asked_again;
  if (options.requests_per_hour > 0)
    preview.hours_of_budget = static_cast<double>(preview.requests) / static_cast<double>(options.requests_per_hour);
  return preview;
}

Planned plan(const Shores& shores, const BackupOptions& options) {
  const auto holder = holder_of("");
  auto keeper = lease_for(shores, holder);
  auto planned = in_time(options, "listing the site", [&] { return plan_under(keeper, shores, options, holder.run); });
  const auto& plan = planned.stored.plan;
  give_back_memory();
  planned.done_here = work_for_apps(keeper, shores, options, plan, holder.run);
  if (options.shards)
    planned.shards = *options.shards;
  else if (planned.resumed)
    planned.shards = planned_shards(shores.store, plan.snapshot);
  if (options.shards || planned.shards > 1)
    planned.shard_list_url = shores.store.url(put_shard_list(shores.store, plan.snapshot, planned.shards));
  if (!planned.done_here.continues) keeper.lease().leave();  // else the next call of plan() wants it
  return planned;
}

WorkDone work(const Shores& shores, const BackupOptions& options, const std::string& snapshot, const Shard& shard) {
  const auto stored = plan_of_this_site(shores, snapshot);
  if (shores.store.stat(manifest_key(snapshot))) return {.sealed = true};
  const auto holder = holder_of(snapshot);
  auto keeper = lease_for(shores, holder);
  keeper.lease().leave();
  return work_under(keeper, shores, stored.plan, shard, work_options_of(options, holder.run));
}

Sealed seal(const Shores& shores, const BackupOptions& options, const std::string& snapshot) {
  const auto stored = plan_of_this_site(shores, snapshot);
  if (shores.store.stat(manifest_key(snapshot)))  // sealed before: it is read, whoever is at work
    return seal(shores.store, stored, options.seal, base::default_temp_parent(), shores.reporter, shores.stop);
  auto keeper = lease_for(shores, holder_of(snapshot));
  try {
    return in_time(options, "sealing " + snapshot, [&] { return seal_under(keeper, shores, options, stored); });
  } catch (const base::Error&) {
    keeper.lease().leave();  // workers may be at work, and nobody else is let in among them
    throw;
  }
}

Backed backup(const Shores& shores, const BackupOptions& options) {
  const auto holder = holder_of("");
  auto keeper = lease_for(shores, holder);
  UnderWay under_way(shores.clock);
  Backed backed{
      .planned = in_time(options, "listing the site", [&] { return plan_under(keeper, shores, options, holder.run); }),
      .worked = {},
      .sealed = {}};
  give_back_memory();
  const auto& stored = backed.planned.stored;
  backed.worked = work_under(keeper, shores, stored.plan, {}, work_options_of(options, holder.run));
  if (backed.worked.continues) return backed;
  give_back_memory();
  backed.sealed = seal_in_time(keeper, shores, options, stored, holder.run, under_way);
  backed.worked.continues = !backed.sealed;
  return backed;
}

}  // namespace tabferry::backup
