#include "sim/core/desk.h"

#include "sim/core/access.h"

namespace tabferry::sim {

Desk desk_of(Simulator& simulator, World& world, const Call& call) {
  return {simulator, world, world.site, world.site.find(Kind::user, call.user_id), simulator.now_text(), &call};
}

const Item& asked_item(const Desk& desk, const Call& call, Kind kind, std::string_view capability, int code) {
  const Item& item = desk.site.at(kind, call.parameter("id"));
  require(desk.site, *desk.user, item, capability, code);
  return item;
}

bool is_self(const Desk& desk, const Item& user) { return desk.user->id() == user.id(); }

void require_self_or_admin(const Desk& desk, const Item& user) {
  if (!is_self(desk, user) && !is_site_admin(*desk.user))
    refuse(403004, "User '{}' is not an administrator.", desk.user->get("name"));
}

}  // namespace tabferry::sim
