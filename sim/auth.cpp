// Signing in and out (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_authentication.htm).
#include "base/hash.h"
#include "base/text.h"
#include "sim/routes.h"

namespace tabferry::sim {
namespace {

Reply server_info(Simulator&, Call&) {
  Node info("serverInfo");
  info.add(Node("productVersion").with("build", "20253.25.1021.1142").holding("2025.3.0"));
  info.add(Node("prepConductorVersion").holding("20253.25.1021.1142"));
  info.add(Node("restApiVersion").holding("3.27"));
  info.add(Node("platform").holding("linux"));
  Node settings("serverSettings");
  settings.add(Node("oAuthEnabled").holding_literal("false"));
  settings.add(Node("sheetImageMaxAgeFloor").holding_literal("1"));
  settings.add(Node("sheetImageMaxAgeCeiling").holding_literal("10080"));
  settings.add(Node("offlineInteractionSupportedPhase").holding_literal("0"));
  info.add(std::move(settings));
  return {.payload = {info}};
}

[[noreturn]] void refuse_sign_in() {
  refuse(401001,
         "The credentials (name or password, or personal access token name or secret) are invalid for the specified "
         "site, or the site contentURL is invalid.");
}

Session session_by_token(const State& state, const std::string& name, const std::string& secret) {
  const auto at = state.access_tokens.find(name);
  if (at == state.access_tokens.end() || at->second.secret_sha256 != base::sha256_hex(secret)) refuse_sign_in();
  return {at->second.user_id, name};
}

Session session_by_password(const State& state, const std::string& name, const std::string& password) {
  for (const auto& [id, user] : state.users)
    if (base::equal_ignoring_case(user.name, name) && user.password_sha256 == base::sha256_hex(password))
      return {id, ""};
  refuse_sign_in();
}

Session session_for(const State& state, const Node& credentials) {
  const Node* site = credentials.child("site");
  if (site == nullptr) refuse(400000, "Payload is either malformed or incomplete. Missing element: site");
  expect_only(*site, {"contentUrl"}, {});
  if (site->attribute("contentUrl").value_or("") != state.site_content_url) refuse_sign_in();
  if (const auto name = credentials.attribute("personalAccessTokenName"))
    return session_by_token(state, *name, credentials.attribute("personalAccessTokenSecret").value_or(""));
  return session_by_password(state, credentials.attribute("name").value_or(""),
                             credentials.attribute("password").value_or(""));
}

Reply sign_in(Simulator& simulator, Call& call) {
  const Node asked = parse_request(read_all(*call.body), call.request_language(), "credentials");
  expect_only(asked, {"name", "password", "personalAccessTokenName", "personalAccessTokenSecret"}, {"site"});
  return simulator.locked([&](World& world) -> Reply {
    const Session session = session_for(world.state, asked);
    Node credentials("credentials");
    credentials.with("token", world.sessions.open(session));
    if (!session.access_token_name.empty()) credentials.with("estimatedTimeToExpiration", "365:00:00");
    credentials.add(Node("site").with("id", world.state.site_id).with("contentUrl", world.state.site_content_url));
    credentials.add(Node("user").with("id", session.user_id));
    return {.payload = {credentials}};
  });
}

Reply sign_out(Simulator& simulator, Call& call) {
  simulator.locked([&](World& world) { world.sessions.close(call.token); });
  return {.status = 204};
}

Reply current_session(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const State& state = world.state;
    const User& user = state.users.at(call.user_id);
    Node session("session");
    session.add(Node("site")
                    .with("id", state.site_id)
                    .with("name", state.site_name)
                    .with("contentUrl", state.site_content_url));
    session.add(Node("user").with("id", user.id).with("name", user.name).with("siteRole", user.site_role));
    return {.payload = {session}};
  });
}

}  // namespace

std::vector<Route> auth_routes() {
  return {{"GET", "serverinfo", server_info, Access::anyone},
          {"POST", "auth/signin", sign_in, Access::anyone},
          {"POST", "auth/signout", sign_out},
          {"GET", "sessions/current", current_session}};
}

}  // namespace tabferry::sim
