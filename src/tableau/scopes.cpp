#include "tableau/scopes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"

namespace tabferry::tableau {
namespace {

struct Row {
  std::string_view scope;
  bool to_read, to_publish;
};

constexpr std::array kScopes = {
    // lists and documents of content, and of the site; the Metadata API
    Row{"tableau:content:read", true, true},
    Row{"tableau:sites:read", true, false},
    // files
    Row{"tableau:workbooks:download", true, false},
    Row{"tableau:datasources:download", true, false},
    Row{"tableau:flows:download", true, false},
    Row{"tableau:views:download", true, false},  // custom views
    // people and rights
    Row{"tableau:users:read", true, true},
    Row{"tableau:groups:read", true, false},
    Row{"tableau:permissions:read", true, false},
    // what happens by itself
    Row{"tableau:schedules:read", true, false},
    Row{"tableau:tasks:read", true, false},
    Row{"tableau:subscriptions:read", true, false},
    Row{"tableau:favorites:read", true, false},
    Row{"tableau:data_driven_alerts:read", true, false},
    Row{"tableau:webhooks:read", true, false},
    // what is said about content
    Row{"tableau:labels:read", true, false},
    Row{"tableau:labelValues:read", true, false},
    Row{"tableau:labelCategories:read", true, false},
    Row{"tableau:databases:read", true, false},
    Row{"tableau:tables:read", true, false},
    Row{"tableau:dataQualityWarnings:read", true, false},
    Row{"tableau:insight_definitions_metrics:read", true, false},
    Row{"tableau:metric_subscriptions:read", true, false},
    // how people and programs come in
    Row{"tableau:site-auth-configurations:read", true, false},
    Row{"tableau:site-oidc-configuration:read", true, false},
    Row{"tableau:connected-apps:read", true, false},
    // publishing
    Row{"tableau:file_uploads:create", false, true},
    Row{"tableau:file_uploads:update", false, true},
    Row{"tableau:datasources:create", false, true},
    Row{"tableau:jobs:read", false, true},
};

// "JWT Access Scope: Not available" is what the reference says of them:
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_virtual_connections_methods.htm. [INF] The
// default permissions of a project for them are counted among them.
struct Closed {
  std::string_view word;  // a part of the path
  std::string_view noun;
};
constexpr std::array kClosed = {Closed{"virtualconnections", "virtual connections"}};

}  // namespace

std::vector<std::string> scopes_for(Purpose purpose) {
  std::vector<std::string> scopes;
  for (const auto& row : kScopes)
    if (purpose == Purpose::read ? row.to_read : row.to_publish) scopes.emplace_back(row.scope);
  return scopes;
}

std::string closed_to_apps(std::string_view path) {
  const auto parts = base::split(path.substr(0, path.find('?')), '/');
  for (const auto& row : kClosed)
    if (std::any_of(parts.begin(), parts.end(), [&](auto part) { return base::equal_ignoring_case(part, row.word); }))
      return fmt::format(
          "Tableau has no JWT scope for {}, so a connected app cannot read them: sign in with a personal access token "
          "(auth: pat_name, pat_secret), and keep the connected app for worker_auth",
          row.noun);
  return "";
}

std::string closed_nouns() {
  std::vector<std::string> nouns;
  for (const auto& row : kClosed) nouns.emplace_back(row.noun);
  return base::join(nouns, ", ");
}

}  // namespace tabferry::tableau
