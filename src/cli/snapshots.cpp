// The doors of the commands that read the store: snapshots, ls, get, verify, status; and prune.
#include "app/snapshot_commands.h"
#include "base/error.h"
#include "cli/commands.h"
#include "cli/result.h"

namespace tabferry::cli {
namespace {

constexpr const char* kSnapshotWords =
    "\nSNAPSHOT is latest, latest~1 (the one before), a date (2026-11-22: the newest complete one of that day, UTC), a "
    "name,\n"
    "or the beginning of one. Where the store holds several sites, --site says which.\n";
constexpr const char* kSelectorWords =
    "SELECTOR is [kind:]project/path/name: * within a name, ** across, \\/ for a slash in a name; luid:LUID is one "
    "item; a kind\n"
    "alone (workbooks:) is all of it. It is the whole path: '**/Sales' finds a Sales in any project, 'Finance/**' what "
    "is in\n"
    "Finance. metadata_tableau/users.json, report.html and the other files of the folder go by their path.\n";

// Calls one function of app, and prints what it says.
template <class Call>
Run door(std::shared_ptr<Common> common, Call call) {
  return [=](std::stop_token stop) {
    Terminal terminal(form_for(common->quiet));
    const auto environment = app::process_environment();
    return print(call(app::Caller{common->flags, environment, terminal, stop}), common->json, terminal);
  };
}

std::shared_ptr<std::string> add_snapshot(CLI::App& command) {
  const auto snapshot = std::make_shared<std::string>();
  command.add_option("SNAPSHOT", *snapshot, "which one (see below)")->required();
  return snapshot;
}

}  // namespace

Run add_snapshots(CLI::App& command) {
  const auto common = add_common(command);
  command.footer(
      "\nA snapshot is complete; partial (something failed, or was left out); incomplete (a run is at work on it, or "
      "was\n"
      "cut and is gone on with); pruned (others name what is left of it); foreign (another program's: never touched);\n"
      "damaged (its manifest cannot be trusted).\n\nExit codes: 0 done, 1 failed, 2 usage or config, 130 "
      "cancelled.\n\nExamples:\n"
      "  tabferry snapshots\n  tabferry snapshots --json | jq -r '.snapshots[] | select(.state == "
      "\"complete\").snapshot'\n");
  return door(common, [](const app::Caller& caller) { return app::list_snapshots(caller); });
}

Run add_ls(CLI::App& command) {
  const auto common = add_common(command);
  const auto snapshot = add_snapshot(command);
  const auto selector = std::make_shared<std::string>();
  command.add_option("SELECTOR", *selector, "which items (else all, and all other files)");
  command.footer(std::string(kSnapshotWords) + kSelectorWords +
                 "\nExit codes: 0 done, 1 failed, 2 usage or config, 130 cancelled.\n\nExamples:\n"
                 "  tabferry ls latest\n  tabferry ls latest 'workbooks:Finance/**'\n"
                 "  tabferry ls 2026-11-22 --json | jq '.items[] | select(.status == \"failed\")'\n");
  return door(common, [=](const app::Caller& caller) { return app::list_contents(caller, *snapshot, *selector); });
}

Run add_get(CLI::App& command) {
  const auto common = add_common(command);
  const auto snapshot = add_snapshot(command);
  const auto selector = std::make_shared<std::string>();
  const auto folder = std::make_shared<std::string>();
  command.add_option("SELECTOR", *selector, "which items")->required();
  command.add_option("-o,--output", *folder, "the folder to write to (needed); made where it is missing");
  command.footer(
      std::string(kSnapshotWords) + kSelectorWords +
      "The files lie as in the snapshot, byte for byte as the site sent them, each checked by its sha256 before it "
      "appears. No\n"
      "file is ever written over.\n\nExit codes: 0 done, 1 nothing could be had, 2 usage or config, 3 some items could "
      "not be had, 130 cancelled.\n\n"
      "Examples:\n  tabferry get latest 'Finance/Daily/Sales' -o out\n  tabferry get latest~1 '**/Sales' -o out\n"
      "  tabferry get latest report.html -o .\n"
      "  tabferry get 2026-11-22 'metadata_tableau/**' -o metadata\n");
  return door(common, [=](const app::Caller& caller) {
    if (folder->empty())
      base::fail(base::ErrorKind::usage, "get needs the folder to write to: tabferry get {} '{}' -o out", *snapshot,
                 *selector);
    return app::get_contents(caller, *snapshot, *selector, *folder);
  });
}

Run add_verify(CLI::App& command) {
  const auto common = add_common(command);
  const auto snapshot = add_snapshot(command);
  const auto full = std::make_shared<bool>(false);
  command.add_flag("--full", *full, "read every byte, open every package and every extract");
  command.footer(
      std::string(kSnapshotWords) +
      "Without --full: every object that the manifest names is there with its size, also those in other snapshots' "
      "folders.\n"
      "With it: every sha256, every checksum in every package, every JSON and XML document; and every extract by the "
      "Hyper\n"
      "engine where there is one. What lies in the folder and is not in the manifest is told, and harmless.\n\n"
      "Exit codes: 0 whole (extracts that no engine could open are a warning), 1 failed, 2 usage or config, 4 a\n"
      "problem was found, 130 cancelled.\n\nExamples:\n"
      "  tabferry verify latest\n"
      "  tabferry verify latest --full --json | jq '.problems[] | select(.harmless | not)'\n");
  return door(common, [=](const app::Caller& caller) { return app::verify_snapshot(caller, *snapshot, *full); });
}

Run add_status(CLI::App& command) {
  const auto common = add_common(command);
  const auto age = std::make_shared<std::string>();
  command.add_option("--max-backup-age", *age, "26h, 90m, 7d: exit 4 where the last complete backup is older");
  command.footer(
      "\nExit codes: 0 done, 1 failed (the store cannot be looked at), 2 usage or config, 4 the last complete backup "
      "is\n"
      "older than --max-backup-age, or there is none, 130 cancelled.\n\nExamples:\n"
      "  tabferry status\n  tabferry status --max-backup-age 26h --quiet || echo \"exit $?: 4 is no backup last "
      "night\"\n");
  return door(common, [=](const app::Caller& caller) {
    return app::tell_status(caller, age->empty() ? std::nullopt : std::optional(app::parse_age(*age)));
  });
}

Run add_prune(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::PruneRequest>();
  auto& keep = request->keep;
  // An unsigned option would take -1 for a very large number: everything stays, and nobody is told.
  const auto rule = [&](const char* name, auto& count, const char* what) {
    command.add_option(name, count, what)->check(CLI::Range(0, 1'000'000));
  };
  rule("--keep-last", keep.keep_last, "the newest N");
  rule("--keep-hourly", keep.keep_hourly, "the newest one of each of the newest N hours that have one");
  rule("--keep-daily", keep.keep_daily, "the same of days (UTC)");
  rule("--keep-weekly", keep.keep_weekly, "the same of weeks (from Monday on)");
  rule("--keep-monthly", keep.keep_monthly, "the same of months");
  rule("--keep-yearly", keep.keep_yearly, "the same of years");
  command.add_option("--keep-tag", request->keep_tags, "those with this tag; repeatable");
  command.add_option("--tag", request->only_tags, "leave all others alone than those with this tag; repeatable");
  command.add_flag("-n,--dry-run", request->dry_run, "show what would go");
  command.footer(
      "\nEach site of the store is judged by itself. What any rule keeps stays; the newest complete snapshot stays "
      "whatever is said;\n"
      "partial ones take nobody's place; nothing goes that a kept snapshot names. Without a rule on the command line "
      "those of\n"
      "`prune:` hold. Needs the right to delete (s3:DeleteObject), which a backup does not.\n\n"
      "Exit codes: 0 done, 1 failed, 2 usage or config (no rule at all), 5 there is something to take away and a "
      "backup of the site is at work, 130 "
      "cancelled.\n\nExamples:\n"
      "  tabferry prune --keep-daily 7 --keep-weekly 4 --keep-monthly 12 --dry-run\n  tabferry prune --tag nightly "
      "--keep-last 14\n");
  return door(common, [=](const app::Caller& caller) { return app::prune_snapshots(caller, *request); });
}

}  // namespace tabferry::cli
