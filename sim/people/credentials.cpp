#include "sim/people/credentials.h"

#include "base/hash.h"
#include "base/text.h"
#include "sim/core/access.h"
#include "sim/people/connected_apps.h"
#include "sim/people/jwt.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

[[noreturn]] void refuse_sign_in() {
  refuse(401001,
         "The credentials (name or password, or personal access token name or secret) are invalid for the specified "
         "site, or the site contentURL is invalid.");
}

void check_site(const Desk& desk, const Node& credentials) {
  const Node& wanted = needed_child(credentials, "site");
  expect_only(wanted, {"contentUrl"}, {});
  if (wanted.attribute_or("contentUrl", "") != desk.site.self().get("contentUrl")) refuse_sign_in();
}

bool is_over(const Desk& desk, const Item& token) {
  return token.has("expiresAt") && token.get("expiresAt") <= desk.now;
}

Session session_by_token(Desk& desk, const std::string& name, const std::string& secret) {
  const Item* token = desk.site.find(Kind::access_token, name);
  if (token == nullptr || token->get("_secretSha256") != base::sha256_hex(secret) || is_over(desk, *token))
    refuse_sign_in();
  const Session session{.user_id = token->get("user"), .access_token_name = token->id()};
  Item used = *token;
  desk.site.put(std::move(used.set("lastUsedAt", desk.now)));
  return session;
}

// Whoever has a second factor on Tableau Cloud does not get in by a password alone.
Session session_by_password(Desk& desk, const std::string& name, const std::string& password) {
  const Item* user = user_named(desk.site, name);
  if (user == nullptr || user->get("_passwordSha256") != base::sha256_hex(password)) refuse_sign_in();
  if (desk.is_cloud() && user->get("authSetting") == "TableauIDWithMFA")
    refuse(401001, "User '{}' has multi-factor authentication and must use a personal access token.", name);
  return {.user_id = user->id(), .access_token_name = ""};
}

Session session_by_jwt(Desk& desk, const Node& credentials) {
  if (base::equal_ignoring_case(credentials.attribute_or("isUat", "false"), "true"))
    refuse(401001, "This site has no configuration for unified access tokens.");
  const Jwt jwt = parse_jwt(credentials.attribute_or("jwt", ""));
  const auto secret = secret_of_app(desk.site, jwt.issuer, jwt.key_id);
  if (!secret || !is_signed_with(jwt, *secret)) refuse(401001, "The JWT is not signed by a connected app. (10084)");
  if (!jwt.header_issuer.empty() && jwt.header_issuer != jwt.issuer)
    refuse(401001, "The 'iss' of the JWT's header is another. (10083)");
  check_claims(jwt, desk.simulator.now());
  const Item* user = user_named(desk.site, jwt.subject);
  if (user == nullptr) refuse(401001, "User '{}' could not be found. (16)", jwt.subject);
  if (!desk.world.sessions.is_first_use(jwt.id, jwt.expires, desk.simulator.now()))
    refuse(401001, "The JWT was used before. (10091)");
  return {.user_id = user->id(), .access_token_name = "", .is_scoped = true, .scopes = jwt.scopes};
}

Session session_of_self(Desk& desk, const Node& credentials) {
  if (credentials.attribute("jwt")) return session_by_jwt(desk, credentials);
  if (const auto name = credentials.attribute("personalAccessTokenName"))
    return session_by_token(desk, *name, credentials.attribute_or("personalAccessTokenSecret", ""));
  return session_by_password(desk, credentials.attribute_or("name", ""), credentials.attribute_or("password", ""));
}

// Server administrators may be somebody else, with a token since 3.11, nowhere on Tableau Cloud.
void impersonate(const Desk& desk, Session& session, const Node& credentials) {
  const Node* wanted = credentials.child("user");
  if (wanted == nullptr) return;
  expect_only(*wanted, {"id"}, {});
  const bool is_new_enough = session.access_token_name.empty() || desk.call->version >= 311;
  if (desk.is_cloud() || session.is_scoped || !is_new_enough ||
      !is_server_admin(desk.site.at(Kind::user, session.user_id)))
    refuse(401001, "These credentials do not allow to impersonate a user.");
  const Item* user = desk.site.find(Kind::user, wanted->attribute_or("id", ""));
  if (user == nullptr) refuse(401001, "The user to impersonate could not be found.");
  session.user_id = user->id();
}

}  // namespace

Session session_for(Desk& desk, const Node& credentials) {
  check_site(desk, credentials);
  Session session = session_of_self(desk, credentials);
  impersonate(desk, session, credentials);
  session.last_used = desk.simulator.now();
  const Item* found = desk.site.find(Kind::user, session.user_id);
  if (found == nullptr) refuse_sign_in();
  Item user = *found;
  if (user.get("siteRole") == "Unlicensed") refuse(401001, "User '{}' is unlicensed.", user.get("name"));
  desk.site.put(std::move(user.set("lastLogin", desk.now)));
  return session;
}

std::string time_to_expiration(const Desk& desk, const Session& session) {
  if (session.access_token_name.empty()) return "";
  const std::string& end = desk.site.at(Kind::access_token, session.access_token_name).get("expiresAt");
  const auto expires = base::parse_iso_time(end);
  if (!expires) return "365:00:00";
  const auto minutes = std::chrono::duration_cast<std::chrono::minutes>(*expires - desk.simulator.now()).count();
  return fmt::format("{}:{:02}:{:02}", minutes / 1440, minutes / 60 % 24, minutes % 60);
}

}  // namespace tabferry::sim
