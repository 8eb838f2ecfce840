#include "app/backup_command.h"

#include "app/backup_options.h"
#include "app/measured.h"
#include "app/notify.h"
#include "app/open_store.h"
#include "app/references.h"
#include "app/shard_index.h"
#include "app/shelf.h"
#include "app/snapshot_name.h"
#include "backup/backup_report.h"
#include "backup/notice.h"
#include "backup/preview_report.h"
#include "backup/run.h"
#include "backup/shard_list.h"
#include "backup/snapshots.h"
#include "backup/step_reports.h"
#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

using Step = BackupRequest::Step;

// A rule of the bucket that would delete or archive what a manifest names. Rules that may not be read are said, no
// more: a writer of least privilege has no right to them.
void refuse_harmful_rules(const store::Store& store, report::Reporter& reporter) {
  const auto rules = store.lifecycle_rules();
  if (!rules.readable) reporter.warning("the bucket's lifecycle rules are not known: " + rules.why_not);
  if (const auto harm = harm_of_rules(store, rules))
    base::fail(ErrorKind::refused, "{}. {}", harm->first, harm->second);
}

void sign_in(tableau::Site& site, const SiteSettings& settings, report::Reporter& reporter, std::stop_token stop) {
  reporter.step(fmt::format("signing in to {} (site {})", settings.server, settings.name));
  site.sign_in(stop);
  if (!settings.expected_site_id.empty() && settings.expected_site_id != site.site_id())
    base::fail(ErrorKind::config, "SITE_ID is {}, but the site that was signed in to is {}: is it the right one?",
               base::quoted(settings.expected_site_id), base::quoted(site.site_id()));
}

// Of reports, notices and metrics, whatever the end.
std::string command_of(Step step) {
  switch (step) {
    case Step::plan:
      return "backup-plan";
    case Step::work:
      return "backup-work";
    case Step::seal:
      return "backup-seal";
    case Step::all:
    case Step::preview:
      break;
  }
  return "backup";
}

struct End {
  report::Report report;
  std::vector<std::string> notice;  // of a sealed snapshot: its lines
};

End end_of(const backup::Sealed& sealed, const store::Store& store) {
  const auto& manifest = sealed.manifest;
  return {.report = backup::report_of(store, manifest),
          .notice = backup::notice_of(manifest, store.url(manifest.head.snapshot))};
}

// `shard`: of work.
End run_step(const BackupRequest& request, const backup::Shores& shores, const backup::BackupOptions& options,
             const backup::Shard& shard) {
  switch (request.step) {
    case Step::preview:
      return {.report = backup::report_of(backup::preview(shores, options))};
    case Step::plan:
      return {.report = backup::report_of(backup::plan(shores, options))};
    case Step::work: {
      auto report = backup::report_of(backup::work(shores, options, request.snapshot, shard), request.snapshot);
      report.details["shard"] = shard.number;
      report.details["of"] = shard.of;
      return {.report = std::move(report)};
    }
    case Step::seal: {
      auto end = end_of(backup::seal(shores, options, request.snapshot), shores.store);
      end.report.command = command_of(request.step);
      return end;
    }
    case Step::all:
      break;
  }
  const auto backed = backup::backup(shores, options);
  if (!backed.sealed) return {.report = backup::report_of_unfinished(backed), .notice = {}};
  return end_of(*backed.sealed, shores.store);
}

// For who reads that the next one failed. A site whose name is a secret is not looked for.
backup::Standing standing_of(const Settings& settings, const SiteSettings& site) {
  try {
    if (!is_reference(site.content_url)) return backup::standing_of(*open_store(settings), site.content_url);
  } catch (const base::Error&) {
    // The failure that is being told is the one that matters.
  }
  return {};
}

// As the notice of a success has it, and its key in the configuration where that is another word: "site demo (main)".
std::string name_of(const SiteSettings& site) {
  if (is_reference(site.content_url) || site.content_url == site.name) return "site " + site.name;
  return fmt::format("{} ({})", site.content_url.empty() ? "the default site" : "site " + site.content_url, site.name);
}

// A backup's end is its seal, by whichever step. Plan and work are on the way there: their engine sees how they end.
bool is_the_end(Step step) { return step == Step::all || step == Step::seal; }

// Beside the run's own messages: nothing of it throws.
class Bell {
 public:
  Bell(Step step, const Settings& settings, const Environment& environment, report::Reporter& reporter,
       std::stop_token stop)
      : step_(step), settings_(settings), environment_(environment), reporter_(reporter), stop_(std::move(stop)) {}

  void ring(const End& end) const {
    if (is_the_end(step_)) notify(end.report, end.notice, settings_, environment_, reporter_, stop_);
  }
  void ring(const base::Error& error, const SiteSettings& site) const {
    if (!is_the_end(step_)) return;
    const auto standing = standing_of(settings_, site);
    auto report = report_of_failure(command_of(step_), error);
    report.details["site"] = {{"key", site.name}, {"server", site.server}};
    if (!is_reference(site.content_url)) report.details["site"]["content_url"] = site.content_url;
    // Where it was refused that run may be another one's, which is at work.
    if (error.kind() != ErrorKind::refused) report.details["snapshot"] = standing.unfinished;
    ring({.report = std::move(report), .notice = backup::notice_of_failure(name_of(site), error, standing)});
  }

 private:
  Step step_;
  const Settings& settings_;
  const Environment& environment_;
  report::Reporter& reporter_;
  std::stop_token stop_;
};

bool workers_by_app(const SiteSettings& site) {
  return worker_sign_in(site).kind == tableau::Credentials::Kind::connected_app;
}

// Before anybody signs in: that is what would end the other's session.
void refuse_shared_token(const SiteSettings& site, const backup::Shard& shard) {
  const auto& who = worker_sign_in(site);
  if (shard.of <= 1 || who.kind != tableau::Credentials::Kind::token) return;
  base::fail(ErrorKind::refused,
             "this is one of {} workers, and they may share {}: a second sign-in with one personal access token ends "
             "the first one's session. Name a connected app for them (sites.{}.worker_auth.connected_app; "
             "docs/accounts.md), or let one process do all the work (--shard 0/1)",
             shard.of, in_words(who), site.name);
}

void warn_of_shared_token(const BackupRequest& request, const SiteSettings& site, report::Reporter& reporter) {
  if (request.step == Step::plan && request.shards > 1 &&
      worker_sign_in(site).kind == tableau::Credentials::Kind::token)
    reporter.warning(
        fmt::format("{} workers cannot share {}, and backup-work will refuse: name a connected app for them "
                    "(sites.{}.worker_auth.connected_app; docs/accounts.md), or plan for one",
                    request.shards, in_words(worker_sign_in(site)), site.name));
}

tableau::SiteOptions options_of(const BackupRequest& request, const Settings& settings, const SiteSettings& site,
                                const Environment& environment, unsigned workers) {
  auto options = request.step == Step::work ? worker_options(site, settings, environment)
                                            : site_options(site, settings, environment);
  options.requests_per_hour = share_of(options.requests_per_hour, workers);
  return options;
}

// What needs nobody's answer. The list of shards is one object, and what each of them costs is memory.
void check(const BackupRequest& request) {
  if (request.step == Step::work || request.step == Step::seal) check_snapshot_name(request.snapshot);
  if (request.shards > backup::kMostShards)
    base::fail(ErrorKind::usage, "{} shards are too many; at most {}", request.shards, backup::kMostShards);
}

End run(const BackupRequest& request, const Settings& settings, const SiteSettings& site_settings,
        const Environment& environment, report::Reporter& reporter, std::stop_token stop) {
  check(request);
  const auto store = open_store(settings);
  refuse_harmful_rules(*store, reporter);
  backup::Shard shard;
  if (request.step == Step::work) {
    shard = choose_shard(request.shard, request.shards, request.snapshot, *store, environment);
    refuse_shared_token(site_settings, shard);
  }
  warn_of_shared_token(request, site_settings, reporter);
  auto wishes = options_of(request, settings, site_settings, environment, shard.of);
  wishes.retry.on_wait = [&reporter](const std::string& what) { reporter.step(what); };
  const auto content_url = wishes.content_url;
  auto options = backup_options(request, settings, site_settings, *store);
  options.workers_by_app = workers_by_app(site_settings);
  tableau::Site site(std::move(wishes), base::system_clock());
  sign_in(site, site_settings, reporter, stop);
  return run_step(request,
                  {.site = site,
                   .server = site_settings.server,
                   .content_url = content_url,
                   .store = *store,
                   .clock = base::system_clock(),
                   .reporter = reporter,
                   .stop = stop},
                  options, shard);
}

CommandEnd run_and_tell(const BackupRequest& request, const Environment& environment, report::Reporter& reporter,
                        ReadSettings& read, std::stop_token stop) {
  const auto& settings = read.emplace(load_run_settings(request.flags, environment, stop));
  for (const auto& warning : settings.warnings) reporter.warning(warning);
  const auto& site_settings = choose_site(settings, request.flags.site);
  const Bell bell(request.step, settings, environment, reporter, stop);
  try {
    auto end = run(request, settings, site_settings, environment, reporter, stop);
    bell.ring(end);
    const int code = end.report.status == report::Status::partial ? 3 : 0;
    return {.report = std::move(end.report), .exit_code = code};
  } catch (const std::exception& failure) {
    const auto error = as_error(failure);
    bell.ring(error, site_settings);
    throw error;
  }
}

}  // namespace

CommandEnd backup(const BackupRequest& request, const Environment& environment, report::Reporter& reporter,
                  std::stop_token stop) {
  const auto body = [&](ReadSettings& read) { return run_and_tell(request, environment, reporter, read, stop); };
  if (ReadSettings unmeasured; request.step == Step::preview) return body(unmeasured);
  const auto shard = request.step == Step::work ? request.shard : std::nullopt;
  return measured({command_of(request.step), request.flags, environment, reporter, stop, shard}, body);
}

}  // namespace tabferry::app
