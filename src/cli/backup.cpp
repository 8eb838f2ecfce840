#include <charconv>

#include "app/backup_command.h"
#include "base/error.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/result.h"

namespace tabferry::cli {
namespace {

using Step = app::BackupRequest::Step;

constexpr const char* kFooter =
    "\nTakes every workbook, published data source and flow of the site, and all that the site tells of itself "
    "(users,\n"
    "groups, permissions, schedules, favorites, custom views ...), to `store:`. What did not change is not downloaded "
    "again.\n"
    "A run that was cut short is gone on with by the next one, within six hours.\n\n"
    "Exit codes: 0 complete, 1 failed (nothing is sealed), 2 usage or config, 3 complete but for some items (the "
    "report\n"
    "names them), 5 refused (another backup of this site is at work; no site administrator; a harmful bucket rule),\n"
    "130 cancelled.\n\n"
    "Examples:\n"
    "  tabferry backup                             the configuration's first site\n"
    "  tabferry backup --dry-run                   how many items, bytes and requests; writes nothing\n"
    "  tabferry backup --site prod --tag weekly --full\n"
    "  tabferry backup --only 'workbooks:Finance/**' --json | jq .status\n";

[[noreturn]] void fail_no_part(const std::string& text) {
  base::fail(base::ErrorKind::usage, "--shard {} is no part; write it as 0/4 (the first of four) to 3/4",
             base::quoted(text));
}

// "2/8": the third of eight; "2": of as many as `--shards` says, or as were planned.
void read_shard(const std::string& text, app::BackupRequest& request) {
  const auto parts = base::split(text, '/');
  const auto number = [&](std::string_view part) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(part.data(), part.data() + part.size(), value);
    if (error != std::errc{} || end != part.data() + part.size())
      fail_no_part(text);
    return value;
  };
  const unsigned of = parts.size() == 2 ? number(parts.back()) : request.shards;
  request.shard = number(parts.front());
  if (parts.size() > 2 || (parts.size() == 2 && of == 0)) fail_no_part(text);
  if (request.shards != 0 && request.shards != of)
    base::fail(base::ErrorKind::usage, "--shard {} and --shards {} do not agree: leave --shards out",
               base::quoted(text), request.shards);
  request.shards = of;
}

Run running(std::shared_ptr<Common> common, std::shared_ptr<app::BackupRequest> request) {
  return [=](std::stop_token stop) {
    request->flags = common->flags;
    Terminal terminal(form_for(common->quiet));
    return print(app::backup(*request, app::process_environment(), terminal, stop), common->json, terminal);
  };
}

void add_choices(CLI::App& command, app::BackupRequest& request) {
  command.add_option("--only", request.only, "take only these items ([kind:]project/path/name); repeatable");
  command.add_option("--tag", request.tags, "a word that the snapshot is marked with; repeatable");
  command.add_option("--scope", request.scope, "admin (the whole site), or visible (what this user sees)")
      ->check(CLI::IsMember({"admin", "visible"}));
  command.add_flag("--full", request.full, "download everything, also what did not change");
  command.add_flag_callback(
      "--no-resume", [&request] { request.resume = false; }, "begin anew where an earlier run was cut short");
}

}  // namespace

Run add_backup(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::BackupRequest>();
  const auto dry_run = std::make_shared<bool>(false);
  add_choices(command, *request);
  command.add_flag("-n,--dry-run", *dry_run, "show what would be done");
  command.footer(kFooter);
  const auto run = running(common, request);
  return [=](std::stop_token stop) {
    request->step = *dry_run ? Step::preview : Step::all;
    return run(stop);
  };
}

Run add_backup_plan(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::BackupRequest>(app::BackupRequest{.step = Step::plan});
  add_choices(command, *request);
  command.add_option("--shards", request->shards, "how many workers will share the work")->check(CLI::PositiveNumber);
  command.footer(
      "\nFor engines (Step Functions, Airflow): one plan, then n workers, then the seal.\n\nExamples:\n"
      "  tabferry backup-plan --shards 4 --json | jq -er .snapshot\n");
  return running(common, request);
}

Run add_backup_work(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::BackupRequest>(app::BackupRequest{.step = Step::work});
  const auto shard = std::make_shared<std::string>();
  command.add_option("--snapshot", request->snapshot, "the snapshot that was planned")->required();
  command.add_option("--shard", *shard, "i/n: which part of the work, from 0; without it the engine's variable says i");
  command.add_option("--shards", request->shards, "n, where --shard does not say it; default: as many as were planned")
      ->check(CLI::PositiveNumber);
  command.footer(
      "\nMay be repeated, by several at once: what has a receipt is not done again. Signs in by `worker_auth` where "
      "the\n"
      "configuration has one: several workers cannot share a personal access token (exit code 5).\n\n"
      "Without --shard the part is AWS_BATCH_JOB_ARRAY_INDEX, JOB_COMPLETION_INDEX (Kubernetes), or\n"
      "SLURM_ARRAY_TASK_ID less SLURM_ARRAY_TASK_MIN.\n\nExamples:\n"
      "  tabferry backup-work --snapshot backup_tableau_cloud_sales_20261122_101500 --shard 0/4\n");
  const auto run = running(common, request);
  return [=](std::stop_token stop) {
    if (!shard->empty()) read_shard(*shard, *request);
    return run(stop);
  };
}

Run add_backup_seal(CLI::App& command) {
  const auto common = add_common(command);
  const auto request = std::make_shared<app::BackupRequest>(app::BackupRequest{.step = Step::seal});
  command.add_option("--snapshot", request->snapshot, "the snapshot that was worked on")->required();
  command.footer(
      "\nMakes the snapshot complete: with its manifest it is one. May be repeated.\n\nExamples:\n"
      "  tabferry backup-seal --snapshot backup_tableau_cloud_sales_20261122_101500\n");
  return running(common, request);
}

}  // namespace tabferry::cli
