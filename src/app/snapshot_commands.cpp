// get, verify, prune: what is done with the store.
#include "app/snapshot_commands.h"

#include <algorithm>
#include <semaphore>

#include "app/alarm.h"
#include "app/measured.h"
#include "app/shelf.h"
#include "app/snapshot_name.h"
#include "backup/browse.h"
#include "backup/prune.h"
#include "backup/snapshots.h"
#include "backup/verify.h"
#include "base/clock.h"
#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr unsigned kLanes = 8;  // objects at once: most of a small one's time is its way
constexpr int kEngines = 2;     // at work on extracts at once
constexpr size_t kShownProblems = 50;

// Absent, with the reason in `why_not`, where there is no engine and none was named.
backup::ExtractCheck extract_check(const Caller& caller, std::string& why_not) {
  try {
    const auto program = hyper::find_engine(caller.flags.engine);
    auto turns = std::make_shared<std::counting_semaphore<kEngines>>(kEngines);
    return
        [program, turns](const std::filesystem::path& file, const std::filesystem::path& folder, std::stop_token stop) {
          turns->acquire();
          const std::shared_ptr<void> give_back(nullptr, [turns](void*) { turns->release(); });
          const auto verdict = hyper::validate(program, file, folder, stop);
          return verdict.valid ? std::string() : verdict.words.empty() ? std::string("it says no more") : verdict.words;
        };
  } catch (const base::Error& error) {
    const auto named = caller.environment("TABFERRY_HYPERD");
    if (error.kind() != ErrorKind::not_found || !caller.flags.engine.empty() || (named && !named->empty())) throw;
    why_not = error.what();
    return {};
  }
}

report::Table table_of(const std::vector<backup::Verified::Problem>& problems) {
  report::Table table{.header = {"object", "what"}};
  for (const auto& problem : problems) {
    if (table.rows.size() == kShownProblems) {
      table.rows.push_back({"...", fmt::format("and {} more; --json has all", problems.size() - kShownProblems)});
      break;
    }
    table.rows.push_back({problem.key, problem.what});
  }
  return table;
}

std::string headline_of(const backup::Verified& verified, const std::string& name, bool full) {
  const auto bad = static_cast<uint64_t>(std::count_if(verified.problems.begin(), verified.problems.end(),
                                                       [](const auto& problem) { return !problem.harmless; }));
  if (bad > 0) return fmt::format("{} is not whole: {} of {}", name, bad, base::counted(verified.checked, "object"));
  return full ? fmt::format("{} is whole: each of its {} is what was saved, {} read", name,
                            base::counted(verified.checked, "object"), base::human_bytes(verified.bytes))
              : fmt::format("{}: each of its {} is there, with its size; --full reads their {}", name,
                            base::counted(verified.checked, "object"), base::human_bytes(verified.bytes));
}

report::Report report_of(const backup::Verified& verified, const std::string& name, bool full) {
  report::Report report{.command = "verify",
                        .status = verified.whole() ? report::Status::done : report::Status::failed,
                        .headline = headline_of(verified, name, full),
                        .sections = {},
                        .details = {{"snapshot", name},
                                    {"full", full},
                                    {"whole", verified.whole()},
                                    {"checked", verified.checked},
                                    {"bytes", verified.bytes},
                                    {"packages", verified.packages},
                                    {"extracts", verified.extracts},
                                    {"problems", doc::Json::array()},
                                    {"notes", verified.notes}}};
  report.counts = {.items = verified.checked, .failed = verified.problems.size(), .bytes = verified.bytes};
  for (const auto& problem : verified.problems)
    report.details["problems"].push_back(
        {{"key", problem.key}, {"what", problem.what}, {"harmless", problem.harmless}});
  report::Section section;
  if (full)
    section.facts = {{"packages opened", base::human_count(verified.packages)},
                     {"extracts opened", base::human_count(verified.extracts)}};
  section.warnings = verified.notes;
  if (!verified.problems.empty()) section.tables.push_back(table_of(verified.problems));
  report.sections.push_back(std::move(section));
  return report;
}

backup::Retention retention_of(const PruneRequest& request, const PruneSettings& configured) {
  const auto& keep = request.keep.keeps_any() || !request.keep_tags.empty() ? request.keep : configured;
  return {.last = keep.keep_last,
          .hourly = keep.keep_hourly,
          .daily = keep.keep_daily,
          .weekly = keep.keep_weekly,
          .monthly = keep.keep_monthly,
          .yearly = keep.keep_yearly,
          .keep_tags = request.keep_tags,
          .only_tags = request.only_tags};
}

doc::Json json_of(const backup::Pruned::Verdict& verdict) {
  return {{"snapshot", verdict.snapshot}, {"state", backup::name_of(verdict.state)},
          {"stays", verdict.stays},       {"reason", verdict.reason},
          {"objects", verdict.objects},   {"bytes", verdict.bytes},
          {"named", verdict.named}};
}

std::vector<std::string> row_of(const backup::Pruned::Verdict& verdict, bool dry_run) {
  const auto named = verdict.named == 0
                         ? ""
                         : fmt::format("; {} of it stay: others name them", base::counted(verdict.named, "object"));
  return {verdict.snapshot, base::human_count(verdict.objects), base::human_bytes(verdict.bytes),
          fmt::format("{}: {}{}",
                      verdict.stays ? "stays"
                      : dry_run     ? "would go"
                                    : "gone",
                      verdict.reason, named)};
}

uint64_t gone_from(const backup::Pruned& pruned) {
  return static_cast<uint64_t>(
      std::count_if(pruned.snapshots.begin(), pruned.snapshots.end(), [](const auto& one) { return !one.stays; }));
}

std::string headline_of(const backup::Pruned& pruned, bool dry_run) {
  const uint64_t gone = gone_from(pruned);
  uint64_t objects = 0, bytes = 0;
  for (const auto& one : pruned.snapshots) {
    objects += one.objects;
    bytes += one.bytes;
  }
  return fmt::format("{} {} ({}, {}), {} {}", dry_run ? "Would take away" : "Took away",
                     base::counted(gone, "snapshot"), base::counted(objects, "object"), base::human_bytes(bytes),
                     dry_run ? "would keep" : "kept", base::counted(pruned.snapshots.size() - gone, "snapshot"));
}

report::Report report_of(const backup::Pruned& pruned, bool dry_run) {
  report::Report report{.command = "prune", .headline = headline_of(pruned, dry_run), .sections = {}};
  report.details = {{"dry_run", dry_run},
                    {"snapshots", doc::Json::array()},
                    {"aborted_uploads", pruned.aborted_uploads},
                    {"notes", pruned.notes}};
  report::Table table{
      .header = {"snapshot", "objects", "bytes", "verdict"}, .rows = {}, .right_aligned = {false, true, true}};
  report.counts.items = gone_from(pruned);
  for (const auto& one : pruned.snapshots) {
    report.details["snapshots"].push_back(json_of(one));
    table.rows.push_back(row_of(one, dry_run));
  }
  report::Section section;
  if (!table.rows.empty()) section.tables.push_back(std::move(table));
  if (pruned.aborted_uploads > 0)
    section.facts.emplace_back("dead uploads ended", base::human_count(pruned.aborted_uploads));
  section.warnings = pruned.notes;
  report.sections.push_back(std::move(section));
  return report;
}

// What people are told of a snapshot that is not whole.
std::vector<std::string> lines_of(const backup::Verified& verified, const std::string& name) {
  constexpr size_t kNamed = 6;
  std::vector<std::string> lines = {"Verify: PROBLEM. " + headline_of(verified, name, false) + "."};
  size_t bad = 0;
  for (const auto& problem : verified.problems)
    if (!problem.harmless && ++bad <= kNamed) lines.push_back(fmt::format("- {}: {}", problem.key, problem.what));
  if (bad > kNamed) lines.push_back(fmt::format("- and {} more: tabferry verify {}", bad - kNamed, name));
  lines.push_back("The store was only read; nothing in it changed.");
  lines.push_back(
      "To do: `tabferry backup --full` downloads everything anew; `tabferry snapshots` lists earlier ones.");
  return lines;
}

Told check(const Caller& caller, const Shelf& shelf, const std::string& snapshot, bool full) {
  check_snapshot_name(snapshot);
  const auto found = backup::resolve_snapshot(*shelf.store, snapshot, shelf.site);
  if (found.state != backup::Snapshot::State::damaged) backup::expect_readable(*shelf.store, found);
  backup::VerifyOptions options{
      .full = full, .lanes = kLanes, .temp_parent = base::default_temp_parent(), .check_extract = {}};
  std::string no_engine;
  if (full) {
    base::sweep_leftovers(options.temp_parent);
    options.check_extract = extract_check(caller, no_engine);
  }
  auto verified = backup::verify(*shelf.store, found.folder.name, options, caller.reporter, caller.stop);
  if (!verified.notes.empty() && !no_engine.empty()) verified.notes.push_back(no_engine);
  return {.end = {.report = report_of(verified, found.folder.name, full),
                  .exit_code = verified.whole() ? 0 : kFoundProblem},
          .lines = lines_of(verified, found.folder.name)};
}

}  // namespace

CommandEnd get_contents(const Caller& caller, const std::string& snapshot, const std::string& selector,
                        const std::filesystem::path& folder) {
  check_snapshot_name(snapshot);
  const backup::Selector chosen(selector);
  const auto shelf = open_shelf(caller);
  const auto found = backup::resolve_snapshot(*shelf.store, snapshot, shelf.site);
  backup::expect_readable(*shelf.store, found);
  const auto fetched =
      backup::get_contents(*shelf.store, found.folder.name, chosen, folder, kLanes, caller.reporter, caller.stop);
  const bool nothing = fetched.written + fetched.there_already == 0;
  const bool all = fetched.problems.empty();
  report::Report report{
      .command = "get",
      .status = all       ? report::Status::done
                : nothing ? report::Status::failed
                          : report::Status::partial,
      .headline = fmt::format("{} ({}) of {} written to {}", base::counted(fetched.written, "file"),
                              base::human_bytes(fetched.written_bytes), found.folder.name, folder.string()),
      .sections = {},
      .details = {{"snapshot", found.folder.name},
                  {"written", fetched.written},
                  {"written_bytes", fetched.written_bytes},
                  {"there_already", fetched.there_already},
                  {"problems", doc::Json::array()}}};
  report::Section section;
  if (fetched.there_already > 0)
    section.facts.emplace_back("there already, the same bytes", base::human_count(fetched.there_already));
  for (const auto& problem : fetched.problems) {
    report.details["problems"].push_back({{"item", problem.what}, {"why", problem.why}});
    section.warnings.push_back(fmt::format("{}: {}", problem.what, problem.why));
  }
  report.sections.push_back(std::move(section));
  return {.report = std::move(report), .exit_code = all ? 0 : nothing ? 1 : 3};
}

CommandEnd verify_snapshot(const Caller& caller, const std::string& snapshot, bool full) {
  const auto body = [&](ReadSettings& read) -> CommandEnd {
    const auto shelf = open_shelf(caller, read);
    const Watched watched{.command = "verify",
                          .what = "Verify of " + snapshot,
                          .now = "The store was only read; nothing in it changed.",
                          .retry = "tabferry verify " + snapshot};
    return with_alarm(caller, shelf.settings, watched, [&] { return check(caller, shelf, snapshot, full); });
  };
  return measured({"verify", caller.flags, caller.environment, caller.reporter, caller.stop}, body);
}

namespace {

CommandEnd prune(const Caller& caller, const PruneRequest& request, ReadSettings& read) {
  const auto shelf = open_shelf(caller, read);
  const backup::PruneOptions options{
      .retention = retention_of(request, shelf.settings.prune), .site = shelf.site, .dry_run = request.dry_run};
  const auto prune = [&]() -> Told {
    const auto pruned = backup::prune(*shelf.store, options, base::system_clock(), caller.reporter, caller.stop);
    return {.end = {.report = report_of(pruned, request.dry_run)}, .lines = {}};
  };
  if (request.dry_run) return prune().end;
  const Watched watched{.command = "prune",
                        .what = "Prune of " + shelf.store->url(""),
                        .now = "No snapshot is cut: each is whole, or is taken away to its end by the next prune.",
                        .retry = "tabferry prune"};
  return with_alarm(caller, shelf.settings, watched, prune);
}

}  // namespace

CommandEnd prune_snapshots(const Caller& caller, const PruneRequest& request) {
  const auto body = [&](ReadSettings& read) { return prune(caller, request, read); };
  if (ReadSettings unmeasured; request.dry_run) return body(unmeasured);
  return measured({"prune", caller.flags, caller.environment, caller.reporter, caller.stop}, body);
}

}  // namespace tabferry::app
