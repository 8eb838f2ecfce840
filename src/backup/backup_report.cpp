#include "backup/backup_report.h"

#include <fmt/format.h>

#include <algorithm>

#include "backup/changes.h"
#include "backup/report_parts.h"
#include "backup/snapshot_name.h"
#include "backup/tally.h"
#include "backup/words.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/text.h"

namespace tabferry::backup {
namespace {

using base::counted;
using base::human_bytes;
using base::human_count;
using report::Section;
using report::Status;

std::string duration_of(const ManifestHead& head) {
  const auto from = base::parse_iso_time(head.started), to = base::parse_iso_time(head.sealed);
  if (!from || !to || *to < *from) return "";
  if (*to - *from < std::chrono::seconds(1)) return "< 1 s";
  return base::human_seconds(std::chrono::duration<double>(*to - *from).count());
}

// Of a complete snapshot: what is not in it, and is no failure.
std::vector<std::string> others_of(const Tally& tally) {
  std::vector<std::string> others;
  if (tally.unavailable) others.push_back(fmt::format("{} not on offer", human_count(tally.unavailable)));
  if (tally.gone) others.push_back(fmt::format("{} deleted meanwhile", human_count(tally.gone)));
  if (tally.accepted) others.push_back(counted(tally.accepted, "known failure"));
  return others;
}

std::string headline_of_some(const ManifestHead& head, const Tally& tally) {
  auto parts = others_of(tally);
  if (tally.failures())
    parts.push_back(counted(tally.failures(), "failure") + (tally.failures() == 1 ? " is" : " are") + " named below");
  else if (head.status != "complete")
    parts.push_back("the snapshot is partial");
  return fmt::format("{} of {} ({}) of {} are saved, {}{}", human_count(tally.saved),
                     counted(tally.items + head.left_out, "item"), human_bytes(tally.size_bytes), site_name_of(head),
                     left_out_in_words(head.left_out), parts.empty() ? "" : "; " + base::join(parts, ", "));
}

std::string headline_of(const ManifestHead& head, const Tally& tally) {
  const auto site = site_name_of(head);
  const auto size = fmt::format("{} ({})", counted(tally.items, "item"), human_bytes(tally.size_bytes));
  if (head.left_out) return headline_of_some(head, tally);
  if (tally.failures() == 0 && head.status == "complete") {
    if (tally.saved == tally.items) return fmt::format("all {} of {} are saved, and its metadata", size, site);
    return fmt::format("all that {} gives out is saved, and its metadata: {} ({}); {}", site,
                       counted(tally.saved, "item"), human_bytes(tally.size_bytes), base::join(others_of(tally), ", "));
  }
  if (tally.failures() == 0)
    return fmt::format("{} ({}) of {} are saved, not the whole site: the snapshot is partial",
                       counted(tally.saved, "item"), human_bytes(tally.size_bytes), site);
  return fmt::format("{} of {} of {} are saved; {} named below", human_count(tally.saved), size, site,
                     counted(tally.failures(), "failure") + (tally.failures() == 1 ? " is" : " are"));
}

std::string second_line_of(const ManifestHead& head, const Tally& tally) {
  if (head.scope != "admin") return "\nIt holds what " + head.site.user + " may see, which is not the whole site.";
  if (tally.failures()) return "\nAll else of the snapshot is whole; 'tabferry get' takes files out of it.";
  if (head.status != "complete") return "\nWhat may be missing, and why, is said below.";
  return "";
}

report::Chart outcome_chart(const Tally& tally) {
  report::Chart chart{.title = fmt::format("What became of {}", counted(tally.items, "item"))};
  const auto add = [&](const char* label, uint64_t count, std::optional<Status> status) {
    if (count) chart.marks.push_back({label, static_cast<double>(count), human_count(count), status});
  };
  add("downloaded", tally.downloaded, {});
  add("taken over, unchanged", tally.taken_over, {});
  add("failed", tally.failed, Status::failed);
  add("failed, accepted", tally.accepted, Status::partial);
  add("not on offer", tally.unavailable, Status::cancelled);
  add("deleted meanwhile", tally.gone, Status::cancelled);
  return chart;
}

report::Chart kind_chart(const Tally& tally) {
  report::Chart chart{.title = "Size by kind"};
  for (const auto& [kind, amount] : tally.by_kind)
    chart.marks.push_back({in_words(kind), static_cast<double>(amount.size_bytes), human_bytes(amount.size_bytes)});
  std::stable_sort(chart.marks.begin(), chart.marks.end(),
                   [](const auto& a, const auto& b) { return a.value > b.value; });
  return chart;
}

Section summary_section(const ManifestHead& head, const Tally& tally) {
  Section section;
  section.facts = {{"Items", human_count(tally.items)},
                   {"Downloaded", human_count(tally.downloaded)},
                   {"Taken over", human_count(tally.taken_over)},
                   {"Failures", human_count(tally.failures())},
                   {"Size", human_bytes(tally.size_bytes)}};
  if (head.left_out) section.facts.push_back({"Left out by the configuration", human_count(head.left_out)});
  if (const auto took = duration_of(head); !took.empty()) section.facts.push_back({"Took", took});
  if (tally.items) section.charts = {outcome_chart(tally), kind_chart(tally)};
  return section;
}

Section run_section(const ManifestHead& head) {
  Section section{.heading = "This backup"};
  section.facts = {
      {"Snapshot", head.snapshot},
      {"Site", fmt::format("{} ({}) on {}", site_word(head.site.content_url), head.site.luid, head.site.server)},
      {"Server", fmt::format("{} (build {}), REST API {}", head.site.product_version, head.site.build,
                             head.site.rest_api_version)},
      {"Signed in as", fmt::format("{} ({})", head.site.user, head.site.role)},
      {"As of", time_in_words(head.as_of)},
      {"Unchanged items from", head.base.empty() || head.full ? "nowhere: everything was downloaded" : head.base}};
  std::vector<std::string> requests;
  for (const auto& [name, count] : head.requests) requests.push_back(fmt::format("{} {}", human_count(count), name));
  if (!requests.empty()) section.facts.push_back({"Requests", base::join(requests, ", ")});
  if (!head.tags.empty()) section.facts.push_back({"Tags", base::join(head.tags, ", ")});
  section.facts.push_back({"Made by", head.tool});
  return section;
}

doc::Json details_of(const Manifest& now, const Tally& tally) {
  return {{"snapshot", now.head.snapshot},
          {"manifest", manifest_key(now.head.snapshot)},
          {"snapshot_status", now.head.status},
          {"site", to_json(now.head.site)},
          {"items", tally.items},
          {"saved", tally.saved},
          {"downloaded", tally.downloaded},
          {"taken_over", tally.taken_over},
          {"left_out", now.head.left_out},
          {"failures", tally.failures()},
          {"accepted", tally.accepted},
          {"size_bytes", tally.size_bytes},
          {"downloaded_bytes", tally.downloaded_bytes},
          {"counts", doc::Json(now.head.counts)},
          {"rules", doc::Json(tally.by_rule)},
          {"requests", doc::Json(now.head.requests)},
          {"notes", now.head.notes}};
}

// A base that was taken away or damaged is no reason against a new snapshot.
std::optional<Manifest> readable(const store::Store& store, const std::string& snapshot) {
  try {
    return snapshot.empty() ? std::nullopt : read_manifest(store, snapshot);
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::cancelled) throw;
    return std::nullopt;
  }
}

bool says_something(const Section& section) {
  return !section.facts.empty() || !section.tables.empty() || !section.warnings.empty() || !section.charts.empty();
}

}  // namespace

report::Report report_of(const store::Store& store, const Manifest& now) {
  const auto before = readable(store, now.head.base);
  return report_of(now, before ? &*before : nullptr);
}

report::Report report_of(const Manifest& now, const Manifest* before) {
  const auto tally = tally_of(now);
  report::Report report{.command = "backup",
                        .headline = headline_of(now.head, tally) + second_line_of(now.head, tally)};
  report.status = tally.failures() || now.head.status != "complete" ? Status::partial : Status::done;
  report.counts = {.items = tally.items, .failed = tally.failures(), .bytes = tally.downloaded_bytes};
  report.details = details_of(now, tally);
  for (auto& section :
       {summary_section(now.head, tally), failure_section(now, report.details), accepted_section(now, report.details),
        Section{.heading = "Worth knowing", .warnings = now.head.notes}, change_section(now, before, report.details),
        metadata_section(now, report.details), kind_section(now, before, tally), project_section(tally, report.details),
        unavailable_section(now, report.details), rule_section(tally), item_section(now), run_section(now.head)})
    if (says_something(section)) report.sections.push_back(section);
  return report;
}

}  // namespace tabferry::backup
