// What the commands on the store begin with. Private to this room.
#pragma once

#include <memory>
#include <string>

#include "app/snapshot_commands.h"
#include "store/store.h"

namespace tabferry::app {

struct Shelf {
  Settings settings;
  std::shared_ptr<const store::Store> store;
  std::string site;  // as snapshots are named: backup::site_word(); empty where --site was not given
};
Shelf open_shelf(const Caller& caller);
// Of a configuration that is read already.
Shelf open_shelf(const Caller& caller, Settings settings);

}  // namespace tabferry::app
