#include "app/measured.h"

#include <chrono>
#include <optional>

#include "app/metrics.h"
#include "app/metrics_files.h"
#include "app/open_store.h"
#include "app/references.h"
#include "app/shard_index.h"
#include "backup/snapshots.h"
#include "base/clock.h"
#include "base/error.h"

namespace tabferry::app {
namespace {

// The site's name in the configuration; "" where it knows none of that name, for an event may name anything.
std::string site_name(const Settings& settings, const std::string& chosen) {
  try {
    return choose_site(settings, chosen).name;
  } catch (const base::Error&) {
    return "";  // the run says the same, and its failure is what is told
  }
}

// "sales" of a site whose content URL is written in the configuration; "" where a secret holds it.
std::string content_url_of(const Settings& settings, const std::string& name) {
  const auto& url = choose_site(settings, name).content_url;
  return is_reference(url) ? "" : backup::site_word(url);
}

// Of the newest complete backup of the site. Absent where there is none, where the store does not tell, or where it
// holds several sites and which one is meant stands in a secret.
std::optional<double> backup_age_hours(const Settings& settings, const std::string& site) {
  if (settings.store.empty()) return std::nullopt;
  try {
    const auto store = open_store(settings);
    const auto sites = backup::newest_of_each_site(*store, content_url_of(settings, site));
    if (sites.size() != 1 || !sites.front().complete) return std::nullopt;
    const std::chrono::duration<double, std::ratio<3600>> age = store->now() - sites.front().complete->folder.at;
    return std::max(0.0, age.count());
  } catch (const base::Error&) {
    return std::nullopt;  // the run's own failure names the store
  }
}

bool is_about_backups(const std::string& command) {
  return command == "backup" || command == "backup-seal" || command == "doctor";
}

// As the report has it; where there is none, as the command line or the engine said.
std::optional<unsigned> shard_of(const Measured& run, const report::Report& report) {
  if (run.command != "backup-work") return std::nullopt;
  if (const auto told = report.details.find("shard"); told != report.details.end()) return told->get<unsigned>();
  if (run.shard) return run.shard;
  try {
    const auto told = told_index(run.environment);
    return told ? std::optional(told->index) : std::nullopt;
  } catch (const base::Error&) {
    return std::nullopt;  // the run says the same, and its failure is what is told
  }
}

void tell(const Measured& run, const ReadSettings& settings, const report::Report& report, double seconds) {
  const auto where = settings ? settings->metrics : usual_metrics(run.environment);
  if (where.emf.empty() && where.prometheus.empty()) return;
  RunMetrics metrics{.command = run.command,
                     .site = settings ? site_name(*settings, run.flags.site) : "",
                     .shard = shard_of(run, report),
                     .status = report.status,
                     .seconds = seconds,
                     .counts = report.counts};
  if (settings && is_about_backups(run.command) && !run.stop.stop_requested())
    metrics.backup_age_hours = backup_age_hours(*settings, metrics.site);
  const auto attempt = [&](const std::function<void()>& write) {
    try {
      write();
    } catch (const base::Error& error) {
      run.reporter.warning(fmt::format("the metrics of this run are not written: {}", error.what()));
    }
  };
  attempt([&] { write_emf(where.emf, emf_line(metrics, base::system_clock().now()) + "\n"); });
  attempt([&] { write_prometheus(where.prometheus, metrics); });
}

}  // namespace

CommandEnd measured(const Measured& run, const std::function<CommandEnd(ReadSettings&)>& body) {
  const auto began = base::system_clock().steady_now();
  ReadSettings settings;
  const auto seconds = [&] { return std::chrono::duration<double>(base::system_clock().steady_now() - began).count(); };
  try {
    auto end = body(settings);
    tell(run, settings, end.report, seconds());
    return end;
  } catch (const std::exception& failure) {
    const auto error = as_error(failure);
    tell(run, settings, report_of_failure(run.command, error), seconds());
    throw error;
  }
}

}  // namespace tabferry::app
