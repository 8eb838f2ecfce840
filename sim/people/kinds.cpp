// Who is on the site: the rows of the table in core/kinds.h.
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

using enum Shown;
using enum Shape;

std::vector<KindRule> site_kinds() {
  return {
      {.kind = Kind::site,
       .name = "site",
       .element = "site",
       .list = "sites",
       .called = "Site",
       .not_found = 404000,
       .fields = {{"name"},
                  {"contentUrl"},
                  {"adminMode"},
                  {"state"},
                  {"revisionHistoryEnabled", flag},
                  {"revisionLimit", number}}},
      {.kind = Kind::site_settings,
       .name = "site_settings",
       .element = "settings",
       .list = "settings",
       .called = "Setting"},
      {.kind = Kind::auth_configuration,
       .name = "auth_configuration",
       .element = "siteAuthConfiguration",
       .list = "siteAuthConfigurations",
       .called = "Authentication configuration"},
      {.kind = Kind::connected_app,
       .name = "connected_app",
       .element = "connectedApplication",
       .list = "connectedApplications",
       .called = "Connected application",
       .fields = {{"name"},
                  {"enabled", flag},
                  {"createdAt"},
                  {"domainSafelist"},
                  {"projectId"},
                  {"unrestrictedEmbedding", flag}}},
      {.kind = Kind::authorization_server,
       .name = "authorization_server",
       .element = "externalAuthorizationServer",
       .list = "externalAuthorizationServerList",
       .called = "External authorization server",
       .fields = {{"name"}, {"enabled", flag}, {"issuerUrl"}, {"jwksUri"}, {"createdAt"}}},
  };
}

KindRule user_kind() {
  return {.kind = Kind::user,
          .name = "user",
          .element = "user",
          .list = "users",
          .called = "User",
          .not_found = 404002,
          .fields = {{"name"},
                     {"siteRole"},
                     {"lastLogin"},
                     {"externalAuthUserId"},
                     {"locale"},
                     {"language"},
                     {"fullName", text, in_full},
                     {"email", text, in_full},
                     {"authSetting", text, in_full},
                     {"idpConfigurationId", text, in_full}},
          .aliases = {{"friendlyName", "", "fullName", Kind::user}, {"domainName", "", "domain", Kind::user}}};
}

KindRule group_kind() {
  return {
      .kind = Kind::group,
      .name = "group",
      .element = "group",
      .list = "groups",
      .called = "Group",
      .not_found = 404012,
      .fields = {{"name"}, {"minimumSiteRole"}, {"externalUserEnabled", flag, in_full}, {"userCount", number, in_full}},
      .aliases = {{"domainName", "", "domain", Kind::group}}};
}

std::vector<KindRule> group_set_kinds() {
  return {
      {.kind = Kind::membership,
       .name = "membership",
       .element = "membership",
       .list = "memberships",
       .called = "Membership",
       .not_found = 404002,
       .parent = "group"},
      {.kind = Kind::group_set,
       .name = "group_set",
       .element = "groupSet",
       .list = "groupSets",
       .called = "Group set",
       .not_found = 404012,
       .fields = {{"name"}, {"groupCount", number}}},
      {.kind = Kind::group_set_member,
       .name = "group_set_member",
       .element = "group",
       .list = "groups",
       .called = "Group",
       .not_found = 404012,
       .parent = "groupSet"},
  };
}

KindRule favorite_kind_rule() {
  return {.kind = Kind::favorite,
          .name = "favorite",
          .element = "favorite",
          .list = "favorites",
          .called = "Favorite",
          .not_found = 404010,
          .parent = "user",
          .fields = {{"label"}, {"position", number}, {"addedAt"}}};
}

}  // namespace

std::vector<KindRule> people_kinds() {
  std::vector<KindRule> kinds = site_kinds();
  kinds.push_back(user_kind());
  kinds.push_back({.kind = Kind::access_token,
                   .name = "access_token",
                   .element = "personalAccessToken",
                   .list = "personalAccessTokens",
                   .called = "Personal access token",
                   .parent = "user"});
  kinds.push_back(group_kind());
  for (auto& kind : group_set_kinds()) kinds.push_back(std::move(kind));
  kinds.push_back(favorite_kind_rule());
  return kinds;
}

}  // namespace tabferry::sim
