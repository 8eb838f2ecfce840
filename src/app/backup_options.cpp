#include "app/backup_options.h"

#include "app/open_store.h"
#include "backup/backup_report.h"
#include "base/error.h"
#include "base/text.h"
#include "report/html.h"

namespace tabferry::app {
namespace {

backup::Selector selector_of(const SelectorText& selector) {
  try {
    return backup::Selector(selector.text);
  } catch (const base::Error& error) {
    base::fail(base::ErrorKind::config, "{}: {}", selector.place, error.what());
  }
}

std::vector<backup::Selector> selectors_of(const std::vector<SelectorText>& texts) {
  std::vector<backup::Selector> selectors;
  for (const auto& text : texts) selectors.push_back(selector_of(text));
  return selectors;
}

backup::Scope scope_of(const BackupRequest& request, const BackupSettings& settings) {
  backup::Scope scope{.workbooks = settings.takes("workbooks"),
                      .datasources = settings.takes("datasources"),
                      .flows = settings.takes("flows"),
                      .metadata = settings.takes("metadata"),
                      .revisions = static_cast<unsigned>(settings.revisions),
                      .include = selectors_of(settings.include),
                      .exclude = selectors_of(settings.exclude),
                      .caps = settings.max_per_kind};
  for (const auto& text : request.only) scope.include.emplace_back(text);
  return scope;
}

backup::Incremental incremental_of(const BackupRequest& request, BackupSettings::Incremental incremental) {
  if (request.full || incremental == BackupSettings::Incremental::off) return backup::Incremental::off;
  return incremental == BackupSettings::Incremental::copy ? backup::Incremental::copy : backup::Incremental::reference;
}

backup::SealOptions seal_options(const BackupSettings& settings, const store::Store& store,
                                 std::optional<base::WallTime> locked_until) {
  backup::SealOptions options{
      .max_failures = {.percent = settings.max_failures.count ? 0 : settings.max_failures.percent,
                       .at_least = settings.max_failures.count.value_or(settings.max_failures.at_least)},
      .locked_until = locked_until,
      .report_page = [&store](const backup::Manifest& manifest) {
        return report::to_html(backup::report_of(store, manifest));
      }};
  for (const auto& known : settings.accept_missing)
    options.accept_missing.push_back(
        {.selector = selector_of(known.selector), .reason = known.reason, .until = known.ends});
  return options;
}

std::vector<std::string> limits_of(const BackupRequest& request) {
  if (request.only.empty()) return {};
  return {fmt::format("only what was asked for is in it: --only {}", base::join(request.only, " --only "))};
}

}  // namespace

backup::BackupOptions backup_options(const BackupRequest& request, const Settings& settings, const SiteSettings& site,
                                     const store::Store& store) {
  const auto lock_days = object_lock_days(settings);
  const auto locked_until =
      lock_days > std::chrono::days(0) ? std::optional<base::WallTime>(store.now() + lock_days) : std::nullopt;
  backup::BackupOptions options{.scope = scope_of(request, settings.backup),
                                .resume = request.resume,
                                .visible_only_allowed = request.scope
                                                            ? *request.scope == "visible"
                                                            : settings.backup.scope == BackupSettings::Scope::visible,
                                .incremental = incremental_of(request, settings.backup.incremental),
                                .full_every = settings.backup.full_every,
                                .tags = request.tags,
                                .limits = limits_of(request),
                                .lanes = static_cast<unsigned>(settings.backup.lanes),
                                .memory_bytes = settings.memory_bytes,
                                .requests_per_hour = requests_per_hour_of(site, settings),
                                .shards = request.shards > 0 ? std::optional(request.shards) : std::nullopt,
                                .locked_until = locked_until,
                                .deadline = request.deadline,
                                .seal = seal_options(settings.backup, store, locked_until)};
  if (locked_until && options.incremental == backup::Incremental::reference)
    options.incremental = backup::Incremental::copy;  // what is named must be locked as long as what names it
  return options;
}

}  // namespace tabferry::app
