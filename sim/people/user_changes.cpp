// Users that come and change.
#include "base/hash.h"
#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/people/site_roles.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

// "local\anna" is anna; another domain would need a directory.
std::string name_without_domain(const std::string& name) {
  const auto slash = name.find('\\');
  if (slash == std::string::npos) return name;
  if (!base::equal_ignoring_case(name.substr(0, slash), "local"))
    refuse(404016, "The domain '{}' could not be found.", name.substr(0, slash));
  return name.substr(slash + 1);
}

std::string checked_name(const Desk& desk, const Node& asked) {
  const std::string name = name_without_domain(asked.attribute_or("name", ""));
  if (name.empty()) refuse(400003, "A user needs a name.");
  if (desk.is_cloud() && name.find('@') == std::string::npos)
    refuse(400003, "'{}' is no e-mail address; on Tableau Cloud that is a user's name.", name);
  if (user_named(desk.site, name) != nullptr) refuse(409000, "A user with the name '{}' is on the site already.", name);
  return name;
}

void check_role(const Desk& desk, const std::string& role) {
  if (!is_site_role(role)) refuse(400013, "The site role '{}' is not valid.", role);
  if (role == "ServerAdministrator" && (desk.is_cloud() || !is_server_admin(*desk.user)))
    refuse(403004, "User '{}' may not make a server administrator.", desk.user->get("name"));
}

// The server's administrators alone manage users where the site says so.
void check_admin_mode(const Desk& desk) {
  if (desk.site.self().get("adminMode") == "ContentOnly" && !is_server_admin(*desk.user))
    refuse(403004, "Site administrators do not manage users here (adminMode is ContentOnly).");
}

void check_auth_setting(const Desk& desk, const Node& asked) {
  const auto wanted = asked.attribute("authSetting");
  if (wanted && *wanted != "ServerDefault" && *wanted != "SAML" && *wanted != "OpenID" &&
      !(desk.is_cloud() && *wanted == "TableauIDWithMFA"))
    refuse(400003, "The authentication setting '{}' is not valid.", *wanted);
  const auto provider = asked.attribute("idpConfigurationId");
  if (provider && desk.site.find(Kind::auth_configuration, *provider) == nullptr)
    refuse(400003, "There is no authentication configuration '{}'.", *provider);
}

void take(Item& user, const Node& asked, std::initializer_list<const char*> fields) {
  for (const char* field : fields)
    if (const auto value = asked.attribute(field)) user.set(field, *value);
}

// Tableau Cloud's people keep these themselves.
void check_cloud_keeps(const Item& user, const Node& asked) {
  for (const char* field : {"fullName", "email", "password"})
    if (const auto value = asked.attribute(field); value && *value != user.get(field))
      refuse(400003, "'{}' of a user cannot be changed on Tableau Cloud.", field);
}

void change_role(Desk& desk, Item& user, const std::string& role) {
  if (role == user.get("siteRole")) return;
  if (is_self(desk, user)) refuse(403009, "Nobody can change the own site role.");
  check_role(desk, role);
  const bool takes_another = capacity_of(role) != capacity_of(user.get("siteRole"));
  if (takes_another && !has_licence_for(desk.site, role))
    refuse(409014, "There is no licence left for the site role '{}'.", role);
  user.set("siteRole", role);
  if (role == "Unlicensed") desk.world.sessions.close_all_of(user.id());
}

}  // namespace

const Item& add_user(Desk& desk, const Node& asked) {
  expect_only(asked,
              {"name", "siteRole", "authSetting", "email", "fullName", "password", "idpConfigurationId", "locale",
               "language", "identityPoolName", "suppressGettingStarted"},
              {});
  check_admin_mode(desk);
  check_role(desk, asked.attribute_or("siteRole", ""));
  check_auth_setting(desk, asked);
  Item user(Kind::user, make_luid());
  user.set("name", checked_name(desk, asked)).set("siteRole", asked.attribute_or("siteRole", ""));
  if (!has_licence_for(desk.site, user.get("siteRole"))) user.set("siteRole", "Unlicensed");
  user.set("fullName", user.get("name")).set("domain", "local").set("externalAuthUserId", "");
  user.set("locale", "local").set("language", "en");
  user.set("authSetting", desk.is_cloud() ? "TableauIDWithMFA" : "ServerDefault");
  if (desk.is_cloud()) user.set("email", user.get("name"));
  take(user, asked, {"authSetting", "email", "fullName", "idpConfigurationId", "locale", "language"});
  if (const auto password = asked.attribute("password")) user.set("_passwordSha256", base::sha256_hex(*password));
  return desk.site.put(std::move(user));
}

const Item& update_user(Desk& desk, const Item& known, const Node& asked) {
  expect_only(asked,
              {"fullName", "email", "siteRole", "authSetting", "password", "idpConfigurationId", "locale", "language",
               "identityPoolName", "suppressGettingStarted"},
              {});
  check_admin_mode(desk);
  if (desk.is_cloud()) check_cloud_keeps(known, asked);
  check_auth_setting(desk, asked);
  Item user = known;
  if (const auto role = asked.attribute("siteRole")) change_role(desk, user, *role);
  take(user, asked, {"fullName", "email", "authSetting", "idpConfigurationId", "locale", "language"});
  if (const auto password = asked.attribute("password")) user.set("_passwordSha256", base::sha256_hex(*password));
  return desk.site.put(std::move(user));
}

}  // namespace tabferry::sim
