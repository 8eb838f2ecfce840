// What the commands on the store begin with. Private to this room.
#pragma once

#include <memory>
#include <string>

#include "app/measured.h"
#include "app/snapshot_commands.h"
#include "store/store.h"

namespace tabferry::app {

struct Shelf {
  Settings settings;
  std::shared_ptr<const store::Store> store;
  std::string site;  // as snapshots are named: backup::site_word(); empty where --site was not given
};
// The configuration of a run on the store. `stop` ends its waits for secrets and for the site, and none for the store:
// behind it receipts, and the release of leases and locks, still go out. Throws as load_settings() does.
Settings load_run_settings(const Flags& flags, const Environment& environment, std::stop_token stop);

Shelf open_shelf(const Caller& caller);
// The same, of a run that is measured: `read` is the configuration then.
Shelf open_shelf(const Caller& caller, ReadSettings& read);

}  // namespace tabferry::app
