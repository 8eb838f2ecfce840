// What an action works at: the site under its lock, who asks, and the hour.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/call.h"
#include "sim/core/simulator.h"

namespace tabferry::sim {

// Lives as long as one request. What the action changes of `site` is kept when it returns and undone when it throws.
struct Desk {
  Simulator& simulator;
  World& world;
  Site& site;
  const Item* user;            // who is signed in; null where anyone may ask
  std::string now;             // "2026-03-02T08:00:00Z"
  const Call* call = nullptr;  // what is asked

  bool is_cloud() const { return simulator.options.profile == Profile::cloud; }
  const std::string& base_url() const { return simulator.base_url; }
};

// For actions that take the lock themselves.
Desk desk_of(Simulator& simulator, World& world, const Call& call);

// The item that the path's {id} names, at which the user has the capability. Refuses with the kind's code what is not
// there, with `code` who may not.
const Item& asked_item(const Desk& desk, const Call& call, Kind kind, std::string_view capability, int code = 403004);
bool is_self(const Desk& desk, const Item& user);
// Refuses with 403004 who is neither an administrator nor the user.
void require_self_or_admin(const Desk& desk, const Item& user);

}  // namespace tabferry::sim
