// Sessions: who is signed in.
#include "sim/core/access.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Reply current_session(Desk& desk, const Call&) {
  const Item& site = desk.site.self();
  Node session("session");
  session.add(
      Node("site").with("id", site.id()).with("name", site.get("name")).with("contentUrl", site.get("contentUrl")));
  session.add(Node("user")
                  .with("id", desk.user->id())
                  .with("name", desk.user->get("name"))
                  .with("siteRole", desk.user->get("siteRole")));
  return {.payload = {session}};
}

// A session is named by its token: one's own, or anybody's for the server's administrators.
Reply delete_session(Desk& desk, const Call& call) {
  const std::string& token = call.parameter("id");
  if (token != call.token && !is_server_admin(*desk.user))
    refuse(403004, "User '{}' is not an administrator.", desk.user->get("name"));
  if (desk.world.sessions.find(token) == nullptr) refuse(404001, "There is no such session.");
  desk.world.sessions.close(token);
  return {.status = 204};
}

}  // namespace

std::vector<Route> session_routes() {
  return {{"GET", "sessions/current", current_session},
          {"DELETE", "sessions/{id}", delete_session, {.since = 309, .only = Only::server}}};
}

}  // namespace tabferry::sim
