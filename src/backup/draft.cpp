#include "backup/draft.h"

#include <algorithm>
#include <iterator>

#include "backup/earlier.h"
#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/text.h"
#include "io/copy.h"
#include "io/file.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr int kMaxSeconds = 3600;  // that a name may move on; more is a clock gone wrong

// Whether everything is downloaded, and why that is, where nobody asked for it.
void decide_full(Plan& plan, const BackupOptions& options, const Before& before, const std::string& last_full) {
  plan.full = before.saved.empty() || options.incremental == Incremental::off;
  if (before.saved.empty()) return;
  plan.last_full = last_full;
  const auto last = base::parse_iso_time(plan.last_full);
  const auto now = base::parse_iso_time(plan.as_of);
  if (!options.full_every || !last || !now || *now - *last < *options.full_every) return;
  plan.full = true;
  plan.notes.push_back(fmt::format("everything is downloaded again: the last time was {}", plan.last_full));
}

void note_cut_run(Plan& plan, const Before& before, const std::vector<Unit>& content) {
  if (!before.cut) return;
  const auto& cut = before.cut->snapshot;
  const auto of_it = std::count_if(content.begin(), content.end(), [&](const Unit& unit) {
    const bool taken = unit.verb == Unit::Verb::reference || unit.verb == Unit::Verb::copy;
    return taken && unit.earlier && unit.earlier->key.starts_with(cut + "/");
  });
  if (of_it > 0)
    plan.notes.push_back(
        fmt::format("{} taken over from {}, a run that was cut short",
                    base::counted(static_cast<uint64_t>(of_it), "item") + (of_it == 1 ? " is" : " are"), cut));
}

void upload_lists(const store::Store& store, Plan& plan, const std::vector<SurveyedList>& lists) {
  plan.lists.clear();
  for (const auto& list : lists) {
    const std::string key = fmt::format("{}lists-{}/{}.jsonl", work_folder(plan.snapshot), plan.run, list.head.kind);
    io::FileSource source(list.file);
    const auto sink = store.create(key, {.if_absent = true, .size_bytes = source.size_bytes()});
    io::copy(source, *sink);
    sink->commit();
    plan.lists.push_back({.kind = list.head.kind, .key = key, .sha256 = list.sha256});
  }
}

// What is earlier goes before the plan is put together: both are as long as the site.
void build_on_earlier(const Shores& shores, const BackupOptions& options, const std::vector<Snapshot>& snapshots,
                      Plan& plan, std::vector<Unit>& content) {
  const auto before = before_of(shores.store, snapshots, plan.site, plan.notes, shores.reporter, shores.stop);
  if (before.base) plan.base = before.base->snapshot;
  decide_full(plan, options, before, last_full_of(snapshots, plan, before));
  decide(content, before.saved, options.incremental, plan.full);
  decide_refused(content, before.refused, plan.full);
  if (plan.full) plan.last_full = plan.as_of;
  note_cut_run(plan, before, content);
}

// The documents stay where they are where there is room for the content before them (document_units() makes some).
std::vector<Unit> joined(std::vector<Unit> content, std::vector<Unit> documents) {
  documents.insert(documents.begin(), std::make_move_iterator(content.begin()), std::make_move_iterator(content.end()));
  return documents;
}

// What is to be in it: what snapshots with other options are not compared in.
std::string asked_of(const BackupOptions& options) {
  const auto texts = [](const std::vector<Selector>& selectors) {
    std::vector<std::string> all;
    for (const auto& selector : selectors) all.push_back(selector.text());
    return all;
  };
  const Scope& scope = options.scope;
  doc::Json asked = {
      {"workbooks", scope.workbooks},    {"datasources", scope.datasources},       {"flows", scope.flows},
      {"metadata", scope.metadata},      {"revisions", scope.revisions},           {"include", texts(scope.include)},
      {"exclude", texts(scope.exclude)}, {"visible", options.visible_only_allowed}};
  for (const auto& [kind, cap] : scope.caps) asked["caps"][kind] = cap;
  return doc::to_line(asked);
}

}  // namespace

Plan outline_of(const BackupOptions& options, const SiteFacts& site, const std::string& scope) {
  Plan plan;
  plan.site = site;
  plan.scope = scope;
  plan.asked = asked_of(options);
  plan.incremental = name_of(options.incremental);
  plan.tags = options.tags;
  plan.shards = options.shards.value_or(1);
  return plan;
}

Draft draft(const Shores& shores, const BackupOptions& options, Plan outline, const std::vector<Snapshot>& snapshots,
            const std::filesystem::path& folder, std::stop_token stop) {
  Draft draft{.plan = std::move(outline), .lists = {}};
  Plan& plan = draft.plan;
  auto surveyed = survey(shores.site, options.scope, options.lanes, folder, shores.reporter, stop);
  plan.as_of = surveyed.as_of;
  plan.notes = std::move(surveyed.notes);
  plan.limits = std::move(surveyed.limits);
  plan.limits.insert(plan.limits.end(), options.limits.begin(), options.limits.end());
  plan.left_out = surveyed.left_out;
  plan.gaps = std::move(surveyed.gaps);
  plan.list_requests = surveyed.list_requests;
  build_on_earlier(shores, options, snapshots, plan, surveyed.content);
  plan.units = joined(std::move(surveyed.content), std::move(surveyed.documents));
  draft.lists = std::move(surveyed.lists);
  return draft;
}

StoredPlan claim_folder(const store::Store& store, Draft draft, const std::vector<Snapshot>& snapshots) {
  base::WallTime at = std::chrono::floor<std::chrono::seconds>(store.now());
  draft.plan.started = base::iso_time(at);
  if (!snapshots.empty()) at = std::max<base::WallTime>(at, snapshots.front().folder.at + std::chrono::seconds(1));
  for (int n = 0; n < kMaxSeconds; ++n, at += std::chrono::seconds(1)) {
    draft.plan.snapshot = snapshot_name(draft.plan.site.content_url, at);
    if (store.stat(plan_key(draft.plan.snapshot))) continue;
    upload_lists(store, draft.plan, draft.lists);
    if (auto sha256 = claim(store, draft.plan)) return {.plan = std::move(draft.plan), .sha256 = std::move(*sha256)};
  }
  base::fail(ErrorKind::conflict, "no folder could be claimed in {}", store.url(""));
}

}  // namespace tabferry::backup
