#include "backup/seal.h"

#include <algorithm>
#include <utility>

#include "backup/index_csv.h"
#include "backup/kept_documents.h"
#include "backup/metadata_changes.h"
#include "backup/metadata_files.h"
#include "backup/named_objects.h"
#include "backup/readme.h"
#include "backup/snapshot_name.h"
#include "backup/spool.h"
#include "backup/write_once.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

ManifestHead head_of(const StoredPlan& stored) {
  const Plan& plan = stored.plan;
  return {.snapshot = plan.snapshot,
          .tool = "tabferry " TABFERRY_VERSION,
          .started = plan.started,
          .as_of = plan.as_of,
          .site = plan.site,
          .scope = plan.scope,
          .asked = plan.asked,
          .base = plan.base,
          .full = plan.full,
          .last_full = plan.last_full,
          .tags = plan.tags,
          .plan_sha256 = stored.sha256,
          .left_out = plan.left_out,
          .notes = plan.notes,
          .gaps = plan.gaps};
}

// The manifest that is there already; it must be this plan's.
std::optional<Manifest> sealed_before(const store::Store& store, const StoredPlan& stored) {
  auto there = read_manifest(store, stored.plan.snapshot);
  if (there && there->head.plan_sha256 != stored.sha256)
    base::fail(ErrorKind::conflict, "sealing {}: its manifest is there already, and is another plan's",
               store.url(stored.plan.snapshot));
  return there;
}

// What it names must be there as it was written.
void refuse_broken(const store::Store& store, const Manifest& manifest, const std::vector<Named>& named) {
  const auto broken = broken_objects(store, named);
  if (broken.empty()) return;
  base::fail(ErrorKind::corrupt,
             "sealing {}: {} that it would name cannot be relied on, first {}, which {}; nothing is sealed",
             manifest.head.snapshot, base::counted(broken.size(), "object"),
             base::quoted(store.url(broken.front().key), 400), broken.front().why);
}

// Of this snapshot and of earlier ones.
std::vector<Named> named_by_entries(const Manifest& manifest) {
  std::vector<Named> named;
  for (const auto& entry : manifest.entries)
    if (!entry.key.empty()) named.push_back(named_of(entry));
  return named;
}

std::vector<Named> named_as_files(const Manifest& manifest) {
  std::vector<Named> named;
  for (const auto& file : manifest.files) named.push_back(named_of(file));
  return named;
}

// A last good copy that is gone is no reason against this snapshot: it is named no more.
void drop_lost_copies(const store::Store& store, Manifest& manifest) {
  std::vector<Named> copies;
  for (const auto& entry : manifest.entries)
    if (entry.last_good) copies.push_back(named_of(*entry.last_good));
  const auto broken = broken_objects(store, copies);
  for (auto& entry : manifest.entries) {
    const auto is_it = [&](const Broken& one) { return entry.last_good && one.key == entry.last_good->key; };
    const auto lost = std::find_if(broken.begin(), broken.end(), is_it);
    if (lost == broken.end()) continue;
    manifest.head.notes.push_back(
        fmt::format("the last good copy of {} {}: {}", entry.natural_key, lost->why, lost->key));
    entry.last_good.reset();
  }
}

// Adds what the metadata's lists tell, but for gaps that the plan has.
void add_lists(ManifestHead& head, const MetadataFiles& metadata) {
  head.counts = metadata.counts;
  for (const auto& gap : metadata.gaps) {
    const auto is_known = [&](const Gap& one) { return one.kind == gap.kind; };
    if (std::none_of(head.gaps.begin(), head.gaps.end(), is_known)) head.gaps.push_back(gap);
  }
}

// Kinds without a list of their own: revisions.
void count_entries(Manifest& manifest) {
  std::map<std::string, uint64_t> counts;
  for (const auto& entry : manifest.entries) ++counts[entry.kind];
  manifest.head.counts.merge(counts);
}

std::string status_of(const Manifest& manifest, const Plan& plan) {
  const auto& gaps = manifest.head.gaps;
  const bool lists_failed = std::any_of(gaps.begin(), gaps.end(), [](const Gap& gap) { return gap.failed; });
  const bool failed = lists_failed || failures_of(manifest.entries) + failures_of(manifest.missing) > 0;
  return failed || !plan.limits.empty() || plan.scope != "admin" ? "partial" : "complete";
}

// One seal under way.
class Sealing {
 public:
  Sealing(const store::Store& store, const StoredPlan& stored, const SealOptions& options,
          const std::filesystem::path& folder, std::stop_token stop)
      : store_(store),
        plan_(stored.plan),
        options_(options),
        folder_(folder),
        stop_(std::move(stop)),
        documents_(std::in_place, store, stored.plan.snapshot, folder) {
    manifest_.head = head_of(stored);
  }

  Manifest manifest() {  // once
    take_outcomes();
    refuse_broken(store_, manifest_, named_by_entries(manifest_));
    drop_lost_copies(store_, manifest_);
    add_metadata();
    compare_metadata();
    add("README.txt", readme_of(manifest_.head, store_.url(plan_.snapshot + "/")));
    if (options_.report_page) add("report.html", options_.report_page(manifest_));
    refuse_broken(store_, manifest_, named_as_files(manifest_));
    return std::move(manifest_);
  }

 private:
  void take_outcomes() {
    auto outcomes = outcomes_of(plan_, documents_->receipts());
    accept(outcomes, options_.accept_missing, store_.now());
    refuse_failures(outcomes, options_.max_failures);
    auto& notes = manifest_.head.notes;
    notes.insert(notes.end(), plan_.limits.begin(), plan_.limits.end());
    notes.insert(notes.end(), outcomes.notes.begin(), outcomes.notes.end());
    manifest_.head.requests = std::move(outcomes.requests);
    manifest_.entries = std::move(outcomes.entries);
    manifest_.missing = std::move(outcomes.missing);
  }

  void add_metadata() {
    auto metadata = write_metadata(store_, plan_, *documents_, folder_, options_.locked_until, stop_);
    documents_.reset();  // as long as the site
    add_lists(manifest_.head, metadata);
    count_entries(manifest_);
    manifest_.files = std::move(metadata.files);
    manifest_.head.status = status_of(manifest_, plan_);
    manifest_.head.sealed = base::iso_time(store_.now());
    Spool index(folder_);
    write_index_csv(manifest_, index);
    add("index.csv", index);
  }

  void compare_metadata() {
    if (plan_.base.empty()) return;
    manifest_.metadata_changes = metadata_changes(store_, manifest_, plan_.base, stop_);
    manifest_.head.metadata_compared = true;
  }

  void add(std::string_view name, std::string_view text) {
    Spool bytes(folder_);
    bytes.write(text);
    add(name, bytes);
  }
  void add(std::string_view name, Spool& bytes) {
    if (stop_.stop_requested()) base::fail_cancelled("sealing " + plan_.snapshot);
    bytes.commit();
    const auto object = put_once(store_, plan_.snapshot + "/" + std::string(name), bytes, options_.locked_until);
    manifest_.files.push_back(
        {.key = object.key, .size_bytes = bytes.size_bytes(), .etag = object.etag, .sha256 = bytes.sha256()});
  }

  const store::Store& store_;
  const Plan& plan_;
  const SealOptions& options_;
  const std::filesystem::path folder_;
  const std::stop_token stop_;
  std::optional<KeptDocuments> documents_;
  Manifest manifest_;
};

Sealed sealed(Manifest manifest, bool by_this_call) {
  const uint64_t failures = failures_of(manifest.entries) + failures_of(manifest.missing);
  return {.manifest = std::move(manifest), .by_this_call = by_this_call, .failures = failures};
}

// What counts is what stands there: another seal may have come first.
bool stands_there(const store::Store& store, const Manifest& made) {
  std::vector<File> files;
  const auto keep = [&](const File& file) { files.push_back(file); };
  const auto there = visit_manifest(store, made.head.snapshot, {.entry = {}, .missing = {}, .file = keep});
  return there && there->sealed == made.head.sealed &&
         std::equal(files.begin(), files.end(), made.files.begin(), made.files.end(),
                    [](const File& a, const File& b) { return a.key == b.key && a.sha256 == b.sha256; });
}

}  // namespace

Sealed seal(const store::Store& store, const StoredPlan& stored, const SealOptions& options,
            const std::filesystem::path& folder, report::Reporter& reporter, std::stop_token stop) {
  reporter.step("sealing " + stored.plan.snapshot);
  if (auto there = sealed_before(store, stored)) return sealed(std::move(*there), false);
  Manifest made = Sealing(store, stored, options, folder, std::move(stop)).manifest();
  create_manifest(store, made, options.locked_until);
  if (stands_there(store, made)) return sealed(std::move(made), true);
  auto there = read_manifest(store, stored.plan.snapshot);
  if (!there)
    base::fail(ErrorKind::conflict, "sealing {}: its manifest was removed at once", store.url(stored.plan.snapshot));
  return sealed(std::move(*there), false);
}

}  // namespace tabferry::backup
