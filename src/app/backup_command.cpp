#include "app/backup_command.h"

#include "app/backup_options.h"
#include "app/measured.h"
#include "app/notify.h"
#include "app/open_store.h"
#include "app/references.h"
#include "backup/backup_report.h"
#include "backup/notice.h"
#include "backup/preview_report.h"
#include "backup/run.h"
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

struct End {
  report::Report report;
  std::vector<std::string> notice;  // of a whole backup: its lines
};

End run_step(const BackupRequest& request, const backup::Shores& shores, const backup::BackupOptions& options) {
  switch (request.step) {
    case Step::preview:
      return {.report = backup::report_of(backup::preview(shores, options))};
    case Step::plan:
      return {.report = backup::report_of(backup::plan(shores, options))};
    case Step::work: {
      const backup::Shard shard{.number = request.shard, .of = request.shards};
      return {.report = backup::report_of(backup::work(shores, options, request.snapshot, shard), request.snapshot)};
    }
    case Step::seal:
      return {.report = backup::report_of(shores.store, backup::seal(shores, options, request.snapshot).manifest)};
    case Step::all:
      break;
  }
  const auto backed = backup::backup(shores, options);
  if (!backed.sealed) return {.report = backup::report_of_unfinished(backed), .notice = {}};
  const auto& manifest = backed.sealed->manifest;
  return {.report = backup::report_of(shores.store, manifest),
          .notice = backup::notice_of(manifest, shores.store.url(manifest.head.snapshot))};
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

// Beside the run's own messages: nothing of it throws.
class Bell {
 public:
  Bell(bool is_on, const Settings& settings, const Environment& environment, report::Reporter& reporter,
       std::stop_token stop)
      : is_on_(is_on), settings_(settings), environment_(environment), reporter_(reporter), stop_(std::move(stop)) {}

  void ring(const End& end) const {
    if (is_on_) notify(end.report, end.notice, settings_, environment_, reporter_, stop_);
  }
  void ring(const base::Error& error, const SiteSettings& site) const {
    if (!is_on_) return;
    const auto standing = standing_of(settings_, site);
    auto report = report_of_failure("backup", error);
    report.details["site"] = {{"key", site.name}, {"server", site.server}};
    if (!is_reference(site.content_url)) report.details["site"]["content_url"] = site.content_url;
    // Where it was refused that run may be another one's, which is at work.
    if (error.kind() != ErrorKind::refused) report.details["snapshot"] = standing.unfinished;
    ring({.report = std::move(report), .notice = backup::notice_of_failure(name_of(site), error, standing)});
  }

 private:
  bool is_on_;
  const Settings& settings_;
  const Environment& environment_;
  report::Reporter& reporter_;
  std::stop_token stop_;
};

// How many share the site's budget while this step is at work.
unsigned workers_of(const BackupRequest& request, const store::Store& store) {
  if (request.step != Step::work) return 1;
  if (request.shards > 0) return request.shards;
  const auto stored = backup::read_plan(store, request.snapshot);  // --shard I alone: of as many as it was planned for
  return stored ? stored->plan.shards : 1;
}

End run(const BackupRequest& request, const Settings& settings, const SiteSettings& site_settings,
        const Environment& environment, report::Reporter& reporter, std::stop_token stop) {
  const auto store = open_store(settings);
  refuse_harmful_rules(*store, reporter);
  auto wishes = site_options(site_settings, settings, environment);
  wishes.retry.on_wait = [&reporter](const std::string& what) { reporter.step(what); };
  wishes.requests_per_hour = share_of(wishes.requests_per_hour, workers_of(request, *store));
  const auto content_url = wishes.content_url;
  const auto options = backup_options(request, settings, site_settings, *store);
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
                  options);
}

CommandEnd run_and_tell(const BackupRequest& request, const Environment& environment, report::Reporter& reporter,
                        std::stop_token stop) {
  // The store is not bound to the stop: behind it receipts and the lease's release must still go out.
  const auto settings = load_settings(request.flags, environment);
  for (const auto& warning : settings.warnings) reporter.warning(warning);
  const auto& site_settings = choose_site(settings, request.flags.site);
  const Bell bell(request.step == Step::all, settings, environment, reporter, stop);
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

std::string command_of(Step step) {
  switch (step) {
    case Step::plan: return "backup-plan";
    case Step::work: return "backup-work";
    case Step::seal: return "backup-seal";
    case Step::all:
    case Step::preview: break;
  }
  return "backup";
}

}  // namespace

CommandEnd backup(const BackupRequest& request, const Environment& environment, report::Reporter& reporter,
                  std::stop_token stop) {
  const auto body = [&] { return run_and_tell(request, environment, reporter, std::move(stop)); };
  if (request.step == Step::preview) return body();
  return measured({command_of(request.step), request.flags, environment, reporter}, body);
}

}  // namespace tabferry::app
