// The site and its users.
#include "base/text.h"
#include "sim/routes.h"

namespace tabferry::sim {
namespace {

// sites/{id}, sites/{name}?key=name, sites/{contentUrl}?key=contentUrl
bool means_this_site(const Call& call, const State& state) {
  const auto& wanted = call.parameter("site");
  const std::string key = call.query_value("key").value_or("id");
  if (key == "contentUrl") return wanted == state.site_content_url;
  if (key == "name") return base::equal_ignoring_case(wanted, state.site_name);
  return base::equal_ignoring_case(wanted, state.site_id);
}

Reply query_site(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const State& state = world.state;
    if (!means_this_site(call, state)) refuse(404000, "Site '{}' could not be found.", call.parameter("site"));
    Node site("site");
    site.with("id", state.site_id).with("name", state.site_name).with("contentUrl", state.site_content_url);
    site.with("adminMode", "ContentAndUsers").with("state", "Active");
    return {.payload = {site}};
  });
}

Reply query_user(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const auto at = world.state.users.find(base::lower(call.parameter("id")));
    if (at == world.state.users.end()) refuse(404002, "User '{}' could not be found.", call.parameter("id"));
    Node user("user");
    user.with("id", at->second.id).with("name", at->second.name).with("fullName", at->second.full_name);
    user.with("siteRole", at->second.site_role).with("authSetting", "ServerDefault");
    user.add(Node("domain").with("name", "local"));
    return {.payload = {user}};
  });
}

}  // namespace

std::vector<Route> site_routes() {
  return {{"GET", "sites/{site}", query_site}, {"GET", "sites/{site}/users/{id}", query_user}};
}

}  // namespace tabferry::sim
