#include <algorithm>
#include <charconv>

#include "base/text.h"
#include "base/url.h"
#include "sim/routes.h"

namespace tabferry::sim {
namespace {

constexpr int kOldestVersion = 204, kNewestVersion = 327;   // 2.4 and 3.27

const std::vector<Route>& all_routes() {
  static const std::vector<Route> routes = [] {
    std::vector<Route> all;
    for (const auto& list : {auth_routes(), site_routes(), project_routes(), datasource_routes(), publish_routes(),
                             upload_routes(), job_routes()})
      all.insert(all.end(), list.begin(), list.end());
    return all;
  }();
  return routes;
}

// '+' is a space in a query, as clients in Python and browsers write it; %2B is a plus.
std::string query_decoded(std::string text) {
  std::replace(text.begin(), text.end(), '+', ' ');
  return base::percent_decoded(text);
}

void take_query(Call& call, std::string_view text) {
  for (const auto piece : base::split(text, '&')) {
    const auto equals = piece.find('=');
    if (piece.empty()) continue;
    const auto value = equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1);
    call.query.emplace(query_decoded(std::string(piece.substr(0, equals))), query_decoded(std::string(value)));
  }
}

// The decoded segments behind /api/{version}/.
std::vector<std::string> take_target(Call& call) {
  const std::string_view target = call.target;
  const auto question = target.find('?');
  if (question != std::string_view::npos) take_query(call, target.substr(question + 1));
  std::vector<std::string> segments;
  for (const auto segment : base::split(target.substr(0, question), '/'))
    if (!segment.empty()) segments.push_back(base::percent_decoded(segment));
  if (segments.size() < 3 || !base::equal_ignoring_case(segments[0], "api"))
    refuse(404950, "There is no REST API at '{}'.", target.substr(0, question));
  call.version = segments[1];
  segments.erase(segments.begin(), segments.begin() + 2);
  return segments;
}

bool is_known_version(std::string_view version) {
  const auto parts = base::split(version, '.');
  int numbers[2] = {};
  for (size_t i = 0; i < 2 && parts.size() == 2; ++i) {
    const auto [end, error] = std::from_chars(parts[i].data(), parts[i].data() + parts[i].size(), numbers[i]);
    if (error != std::errc{} || end != parts[i].data() + parts[i].size() || numbers[i] > 99) return false;
  }
  const int number = numbers[0] * 100 + numbers[1];
  return parts.size() == 2 && number >= kOldestVersion && number <= kNewestVersion;
}

bool matches(const Route& route, const std::vector<std::string>& segments, Call& call) {
  const auto pattern = base::split(route.pattern, '/');
  if (pattern.size() != segments.size()) return false;
  std::map<std::string, std::string, std::less<>> found;
  for (size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i].starts_with('{')) found.emplace(pattern[i].substr(1, pattern[i].size() - 2), segments[i]);
    else if (!base::equal_ignoring_case(pattern[i], segments[i])) return false;
  }
  call.parameters = std::move(found);
  return true;
}

const Route& route_for(Call& call, const std::vector<std::string>& segments) {
  bool path_is_known = false;
  for (const auto& route : all_routes()) {
    if (!matches(route, segments, call)) continue;
    if (route.method == call.method) return route;
    path_is_known = true;
  }
  if (path_is_known) refuse(405000, "Request method '{}' is not supported here.", call.method);
  refuse(404950, "There is no resource '{}' in version {} of the API.", base::join(segments, "/"), call.version);
}

void check_session(Simulator& simulator, Call& call) {
  if (call.token.empty()) refuse(401000, "Authentication credentials were not provided.");
  simulator.locked([&](World& world) {
    const Session* session = world.sessions.find(call.token);
    if (session == nullptr) refuse(401002, "Your authentication credentials are invalid.");
    call.user_id = session->user_id;
    if (!simulator.faults.expires_this_session()) return;
    world.sessions.close(call.token);
    refuse(401002, "Your authentication credentials are invalid.");
  });
}

// But for the query of a site itself, which finds it by other keys too, the site in a path is the one signed in to.
void check_site(Simulator& simulator, const Call& call, const Route& route) {
  if (route.pattern == "sites/{site}" || !call.parameters.contains("site")) return;
  simulator.locked([&](World& world) {
    if (!base::equal_ignoring_case(call.parameter("site"), world.state.site_id))
      refuse(404000, "Site '{}' could not be found.", call.parameter("site"));
  });
}

Reply answer_or_refuse(Simulator& simulator, Call& call) {
  const auto segments = take_target(call);
  if (!is_known_version(call.version)) refuse(404003, "This server has no version '{}' of the REST API.", call.version);
  const Route& route = route_for(call, segments);
  if (route.access == Access::signed_in) {
    check_session(simulator, call);
    check_site(simulator, call, route);
    simulator.locked([&](World& world) { simulator.advance_jobs(world); });
  }
  return route.action(simulator, call);
}

}  // namespace

Reply answer(Simulator& simulator, Call& call) {
  try {
    return answer_or_refuse(simulator, call);
  } catch (const Refusal& refusal) {
    return {.status = refusal.status(), .payload = payload_of(refusal)};
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::transient) throw;
    return {.status = 500, .payload = payload_of(Refusal(500000, error.what()))};
  } catch (const std::exception& error) {   // the file system's own
    return {.status = 500, .payload = payload_of(Refusal(500000, error.what()))};
  }
}

}  // namespace tabferry::sim
