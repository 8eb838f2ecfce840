// How people of the site prove who they are: OpenID Connect providers, kept as they were given
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_openid_connect.htm).
#include <algorithm>

#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kTexts[] = {"authorizationEndpoint",
                                       "clientAuthentication",
                                       "clientId",
                                       "customScope",
                                       "discoveryEndpoint",
                                       "emailAddressMapping",
                                       "emailMapping",
                                       "endSessionEndpoint",
                                       "essentialAcrValues",
                                       "firstNameMapping",
                                       "fullNameMapping",
                                       "idpConfigurationName",
                                       "jwksUri",
                                       "knownProviderAlias",
                                       "lastNameMapping",
                                       "prompt",
                                       "salesforceDomain",
                                       "testLoginUrl",
                                       "tokenEndpoint",
                                       "userinfoEndpoint",
                                       "voluntaryAcrValues",
                                       "clientSecret"};
constexpr std::string_view kFlags[] = {"allowEmbeddedAuthentication", "enabled", "useFullName"};

// tableauserverclient 0.42 sends these two under names that the schema does not have.
std::string field_named(std::string_view attribute) {
  if (attribute == "name") return "idpConfigurationName";
  return attribute == "userInfoEndpoint" ? "userinfoEndpoint" : std::string(attribute);
}

bool is_among(std::span<const std::string_view> names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void take(Item& configuration, const Node& asked) {
  if (!asked.children.empty()) refuse(400000, "unexpected element (uri:\"\", local:\"{}\").", asked.children[0].name);
  for (const auto& attribute : asked.attributes) {
    const std::string field = field_named(attribute.name);
    if (field == "idpConfigurationId") continue;
    if (is_among(kFlags, field))
      configuration.set_flag(field, base::equal_ignoring_case(attribute.value, "true"));
    else if (is_among(kTexts, field))
      configuration.set(field, attribute.value);
    else
      refuse(400000, "Attribute '{}' is not allowed to appear in element '{}'.", attribute.name, asked.name);
  }
  for (const char* needed : {"idpConfigurationName", "clientId", "clientSecret"})
    if (configuration.get(needed).empty()) refuse(400003, "An OpenID Connect configuration needs '{}'.", needed);
}

// The secret goes in, and does not come out again.
Node node_of(const Item& configuration) {
  Node node("siteOIDCConfiguration");
  node.with("idpConfigurationId", configuration.id());
  for (const auto text : kTexts)
    if (text != "clientSecret" && configuration.has(text)) node.with(text, configuration.get(text));
  for (const auto flag : kFlags) node.with_flag(flag, configuration.flag(flag));
  return node;
}

const Item& configuration_of(const Desk& desk, const Call& call) {
  return desk.site.at(Kind::auth_configuration, call.parameter("id"));
}

Reply query_configurations(Desk& desk, const Call&) {
  Node list("siteAuthConfigurations");
  for (const auto& [id, configuration] : desk.site.all(Kind::auth_configuration))
    list.add(Node("siteAuthConfiguration")
                 .with("authSetting", "OpenID")
                 .with_flag("enabled", configuration.flag("enabled"))
                 .with("idpConfigurationId", id)
                 .with("idpConfigurationName", configuration.get("idpConfigurationName"))
                 .with("knownProviderAlias", configuration.get("knownProviderAlias")));
  return {.payload = {list.as_list()}};
}

// Without an id: the one there is.
Reply query_only_oidc(Desk& desk, const Call&) {
  const auto& all = desk.site.all(Kind::auth_configuration);
  if (all.empty()) refuse(404001, "This site has no OpenID Connect configuration.");
  return {.payload = {node_of(all.begin()->second)}};
}

Reply query_oidc(Desk& desk, const Call& call) { return {.payload = {node_of(configuration_of(desk, call))}}; }

Reply create_oidc(Desk& desk, const Call& call) {
  Item configuration(Kind::auth_configuration, make_luid());
  take(configuration, call.request("siteOIDCConfiguration"));
  return {.payload = {node_of(desk.site.put(std::move(configuration)))}};
}

Reply update_oidc(Desk& desk, const Call& call) {
  Item configuration = configuration_of(desk, call);
  take(configuration, call.request("siteOIDCConfiguration"));
  return {.payload = {node_of(desk.site.put(std::move(configuration)))}};
}

Reply disable_oidc(Desk& desk, const Call& call) {
  const std::string wanted = call.query_value("idpConfigurationId").value_or("");
  Item configuration = desk.site.at(Kind::auth_configuration, wanted);
  if (configuration.flag("enabled")) desk.site.put(std::move(configuration.set("enabled", "false")));
  return {.status = 204};
}

}  // namespace

std::vector<Route> auth_configuration_routes() {
  constexpr Terms kList = {.access = Access::site_admin, .since = 324};
  constexpr Terms kOidc = {.access = Access::site_admin, .since = 322, .only = Only::cloud};
  return {{"GET", "sites/{site}/site-auth-configurations", query_configurations, kList},
          {"GET", "sites/{site}/site-oidc-configuration", query_only_oidc, kOidc},
          {"PUT", "sites/{site}/site-oidc-configuration", create_oidc, kOidc},
          {"GET", "sites/{site}/site-oidc-configuration/{id}", query_oidc, kOidc},
          {"PUT", "sites/{site}/site-oidc-configuration/{id}", update_oidc, kOidc},
          {"PUT", "sites/{site}/disable-site-oidc-configuration", disable_oidc, kOidc}};
}

}  // namespace tabferry::sim
