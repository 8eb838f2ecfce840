#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/jobs.h"
#include "sim/core/routes.h"
#include "sim/core/scopes.h"
#include "sim/core/target.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

constexpr std::vector<Route> (*kLists[])() = {server_info_routes,
                                              auth_routes,
                                              session_routes,
                                              site_routes,
                                              setting_routes,
                                              extension_routes,
                                              connected_app_routes,
                                              authorization_server_routes,
                                              auth_configuration_routes,
                                              domain_routes,
                                              user_import_routes,
                                              access_token_routes,
                                              user_routes,
                                              group_routes,
                                              member_routes,
                                              group_set_routes,
                                              favorite_routes,
                                              favorite_order_routes,
                                              project_routes,
                                              permission_routes,
                                              tag_routes,
                                              workbook_routes,
                                              view_routes,
                                              datasource_routes,
                                              flow_run_routes,
                                              flow_routes,
                                              revision_routes,
                                              connection_routes,
                                              publish_routes,
                                              upload_routes,
                                              data_update_routes,
                                              custom_view_routes,
                                              virtual_connection_routes,
                                              schedule_routes,
                                              schedule_target_routes,
                                              task_routes,
                                              linked_task_routes,
                                              run_now_routes,
                                              subscription_routes,
                                              data_alert_routes,
                                              webhook_routes,
                                              job_routes,
                                              collection_routes,
                                              label_routes,
                                              quality_warning_routes,
                                              label_value_routes,
                                              catalog_routes,
                                              pulse_routes,
                                              pulse_metric_routes,
                                              pulse_subscription_routes,
                                              metadata_routes};

// A row with its pattern taken apart.
struct Door {
  Route route;
  std::vector<std::string_view> words;
};

const std::vector<Door>& all_doors() {
  static const std::vector<Door> doors = [] {
    std::vector<Door> all;
    for (const auto list : kLists)
      for (const auto& route : list()) all.push_back({route, base::split(route.pattern, '/')});
    return all;
  }();
  return doors;
}

bool matches(const Door& door, const std::vector<std::string>& segments) {
  if (door.words.size() != segments.size()) return false;
  for (size_t i = 0; i < segments.size(); ++i)
    if (!door.words[i].starts_with('{') && !base::equal_ignoring_case(door.words[i], segments[i])) return false;
  return true;
}

void take_parameters(Call& call, const Door& door, const std::vector<std::string>& segments) {
  for (size_t i = 0; i < segments.size(); ++i)
    if (door.words[i].starts_with('{'))
      call.parameters.emplace(door.words[i].substr(1, door.words[i].size() - 2), segments[i]);
}

bool exists_here(const Terms& terms, const Call& call, const SimulatorOptions& options) {
  if (call.version < terms.since || call.version > terms.until) return false;
  return terms.only == Only::both || (terms.only == Only::cloud) == (options.profile == Profile::cloud);
}

// Newer servers have a code of their own for it [INF: since when].
int no_such_endpoint(const Call& call) { return call.version >= 312 ? 404950 : 404003; }

// Rows with fixed words come before rows with parameters in the lists, where both could match.
const Route& route_for(Call& call, const std::vector<std::string>& segments, const SimulatorOptions& options) {
  bool path_is_known = false;
  for (const auto& door : all_doors()) {
    if (!matches(door, segments) || !exists_here(door.route.terms, call, options)) continue;
    path_is_known = true;
    if (door.route.method != call.method) continue;
    take_parameters(call, door, segments);
    call.route = door.route.pattern;
    return door.route;
  }
  if (path_is_known) refuse(405000, "Request method '{}' is not supported here.", call.method);
  refuse(no_such_endpoint(call), "There is no resource '{}' in version {}.{} of the API.", base::join(segments, "/"),
         call.version / 100, call.version % 100);
}

void check_session(Simulator& simulator, World& world, Call& call) {
  if (call.token.empty()) refuse(401000, "Authentication credentials were not provided.");
  const Session* session = world.sessions.use(call.token, simulator.now(), idle_limit(simulator.options));
  if (session == nullptr || world.site.find(Kind::user, session->user_id) == nullptr)
    refuse(401002, "Your authentication credentials are invalid.");
  call.user_id = session->user_id;
  check_scope(*session, call);
  if (!faults_on_session(simulator, call)) return;
  world.sessions.close(call.token);
  refuse(401002, "Your authentication credentials are invalid.");
}

// But for the query of a site itself, which finds it by other keys too, the site in a path is the one signed in to.
void check_site(const Site& site, const Call& call) {
  if (call.route == "sites/{site}" || !call.parameters.contains("site")) return;
  if (!base::equal_ignoring_case(call.parameter("site"), site.self().id()))
    refuse(404000, "Site '{}' could not be found.", call.parameter("site"));
}

void check_rights(const Item& user, const Terms& terms, const SimulatorOptions& options) {
  if (options.without.contains(terms.feature))
    refuse(403157, "The feature '{}' is disabled on this site.", terms.feature);
  const bool allowed = terms.access == Access::server_admin ? is_server_admin(user)
                       : terms.access == Access::site_admin ? is_site_admin(user)
                                                            : true;
  if (!allowed) refuse(403004, "User '{}' is not an administrator.", user.get("name"));
}

void admit(Simulator& simulator, Call& call, const Terms& terms) {
  simulator.change([&](World& world) {
    check_session(simulator, world, call);
    check_site(world.site, call);
    check_rights(*world.site.find(Kind::user, call.user_id), terms, simulator.options);
    Desk desk = desk_of(simulator, world, call);
    advance_jobs(desk);
  });
}

Reply run(Simulator& simulator, Call& call, const Route& route) {
  if (const auto* stream = std::get_if<StreamAction>(&route.action)) return (*stream)(simulator, call);
  call.document = read_all(*call.body);
  return simulator.change([&](World& world) {
    Desk desk = desk_of(simulator, world, call);
    return std::get<Action>(route.action)(desk, call);
  });
}

Reply answer_or_refuse(Simulator& simulator, Call& call) {
  const auto segments = read_target(call, simulator.options.api);
  const Route& route = route_for(call, segments, simulator.options);
  if (route.terms.access != Access::anyone) admit(simulator, call, route.terms);
  faults_on_item(simulator, call);
  return run(simulator, call, route);
}

Reply answer_or_error(Simulator& simulator, Call& call) {
  try {
    return answer_or_refuse(simulator, call);
  } catch (const Refusal& refusal) {
    return {.status = refusal.status(), .payload = payload_of(refusal)};
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::transient) throw;
    return {.status = 500, .payload = payload_of(Refusal(500000, error.what()))};
  } catch (const std::exception& error) {  // the file system's own
    return {.status = 500, .payload = payload_of(Refusal(500000, error.what()))};
  }
}

// For the counts: the route of a call that nobody answered.
std::string_view route_of(Call call, const SimulatorOptions& options) {
  try {
    return route_for(call, read_target(call, options.api), options).pattern;
  } catch (const Refusal&) {
    return {};
  }
}

}  // namespace

Reply answer(Simulator& simulator, Call& call) {
  std::optional<Reply> reply = faults_at_the_door(simulator, call);
  if (reply) {
    call.route = route_of(call, simulator.options);
  } else {
    reply = answer_or_error(simulator, call);
    faults_on_answer(simulator, call, *reply);
  }
  simulator.requests.count(call.method, call.route, reply->status);
  return std::move(*reply);
}

}  // namespace tabferry::sim
