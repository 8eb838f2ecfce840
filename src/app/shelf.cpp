#include "app/shelf.h"

#include "app/open_store.h"
#include "backup/snapshot_name.h"

namespace tabferry::app {

Settings load_run_settings(const Flags& flags, const Environment& environment, std::stop_token stop) {
  auto settings = load_settings(flags, environment);
  settings.stop = std::move(stop);
  return settings;
}

Shelf open_shelf(const Caller& caller) {
  ReadSettings unmeasured;
  return open_shelf(caller, unmeasured);
}

Shelf open_shelf(const Caller& caller, ReadSettings& read) {
  read.emplace(load_run_settings(caller.flags, caller.environment, caller.stop));
  Shelf shelf{.settings = *read, .store = {}, .site = {}};
  for (const auto& warning : shelf.settings.warnings) caller.reporter.warning(warning);
  if (!caller.flags.site.empty()) {
    const auto& site = choose_site(shelf.settings, caller.flags.site);
    shelf.site = backup::site_word(site_options(site, shelf.settings, caller.environment).content_url);
  }
  shelf.store = open_store(shelf.settings);
  return shelf;
}

}  // namespace tabferry::app
