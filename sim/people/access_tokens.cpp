// Personal access tokens. Their secrets are known to who made them alone; the paths are [INF], the schema has the
// answers (personalAccessTokens, personalAccessTokenWithSecret).
#include "base/hash.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

const Item& user_of(const Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("id"));
  require_self_or_admin(desk, user);
  return user;
}

Node node_of(const Item& token, std::string_view element) {
  Node node(element);
  node.with("tokenName", token.id()).with("tokenGuid", token.get("tokenGuid"));
  for (const char* field : {"lastUsedAt", "expiresAt"})
    if (token.has(field)) node.with(field, token.get(field));
  return node;
}

Reply query_tokens(Desk& desk, const Call& call) {
  Node list("personalAccessTokens");
  for (const Item* token : desk.site.children(Kind::access_token, user_of(desk, call).id()))
    list.add(node_of(*token, "personalAccessToken"));
  return {.payload = {list.as_list()}};
}

// A year, where nothing else was asked for.
std::string expiry_of(const Desk& desk, const Node& asked) {
  const auto wanted = asked.attribute("expiresAt");
  if (wanted && (!base::parse_iso_time(*wanted) || *wanted <= desk.now))
    refuse(400003, "'{}' is no time to come.", *wanted);
  return wanted.value_or(base::iso_time(desk.simulator.now() + std::chrono::days(365)));
}

Reply create_token(Desk& desk, const Call& call) {
  const Node asked = call.request("personalAccessToken");
  expect_only(asked, {"tokenName", "expiresAt"}, {});
  const std::string name = asked.attribute_or("tokenName", "");
  if (name.empty()) refuse(400003, "A personal access token needs a tokenName.");
  if (desk.site.find(Kind::access_token, name) != nullptr)
    refuse(409000, "A personal access token with the name '{}' is there already.", name);
  const std::string secret = make_session_token();
  Item token(Kind::access_token, name);
  token.set("user", user_of(desk, call).id()).set("tokenGuid", make_luid()).set("expiresAt", expiry_of(desk, asked));
  token.set("_secretSha256", base::sha256_hex(secret));
  Node made = node_of(desk.site.put(std::move(token)), "personalAccessTokenWithSecret");
  return {.status = 201, .payload = {made.with("secret", secret)}};
}

Reply delete_token(Desk& desk, const Call& call) {
  const Item& user = user_of(desk, call);
  const Item& token = desk.site.at(Kind::access_token, call.parameter("token"));
  if (token.get("user") != user.id()) refuse(404001, "Personal access token '{}' could not be found.", token.id());
  const std::string name = token.id();
  desk.world.sessions.close_all_by(name);
  desk.site.erase(Kind::access_token, name);
  return {.status = 204};
}

}  // namespace

std::vector<Route> access_token_routes() {
  constexpr Terms kTerms = {.since = 306};
  return {{"GET", "sites/{site}/users/{id}/personal-access-tokens", query_tokens, kTerms},
          {"POST", "sites/{site}/users/{id}/personal-access-tokens", create_token, kTerms},
          {"DELETE", "sites/{site}/users/{id}/personal-access-tokens/{token}", delete_token, kTerms}};
}

}  // namespace tabferry::sim
