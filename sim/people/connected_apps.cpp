// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_connected_app.htm
#include "sim/people/connected_apps.h"

#include <array>

#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMaxSecrets = 2;

// The secrets are a part of the app that no list shows: their values are for the one who asks for one of them.
std::vector<Node> secrets_of(const Item& app) {
  const Node* secrets = app.part("secrets");
  return secrets == nullptr ? std::vector<Node>{} : secrets->children;
}

const Item& app_of(const Desk& desk, const Call& call) {
  return desk.site.at(Kind::connected_app, call.parameter("id"));
}

Node node_of(const Desk& desk, const Item& app) {
  Node node("connectedApplication");
  const Node shown = rendered(desk.site, app, Detail::single);
  for (const auto& attribute : shown.attributes)
    if (attribute.name != "id") node.attributes.push_back(attribute);
  node.with("clientId", app.id());
  for (const auto& secret : secrets_of(app))
    node.add(Node("secret")
                 .with("id", secret.attribute_or("id", ""))
                 .with("createdAt", secret.attribute_or("createdAt", ""))
                 .as_repeated());
  return node;
}

Reply query_apps(Desk& desk, const Call&) {
  Node list("connectedApplications");
  for (const auto& [id, app] : desk.site.all(Kind::connected_app)) list.add(node_of(desk, app));
  return {.payload = {list.as_list()}};
}

Reply query_app(Desk& desk, const Call& call) { return {.payload = {node_of(desk, app_of(desk, call))}}; }

void take(const Desk& desk, Item& app, const Node& asked) {
  expect_only(asked, {"name", "enabled", "projectId", "unrestrictedEmbedding", "domainSafelist"}, {"projectIds"});
  for (const char* field : {"name", "domainSafelist"})
    if (const auto value = asked.attribute(field)) app.set(field, *value);
  for (const char* flag : {"enabled", "unrestrictedEmbedding"})
    if (const auto value = asked.attribute(flag)) app.set_flag(flag, base::equal_ignoring_case(*value, "true"));
  if (const auto project = asked.attribute("projectId"); project && !project->empty())
    app.set("projectId", desk.site.at(Kind::project, *project).id());
  if (app.get("name").empty()) refuse(400003, "A connected app needs a name.");
}

Reply create_app(Desk& desk, const Call& call) {
  Item app(Kind::connected_app, make_luid());
  app.set("enabled", "false").set("unrestrictedEmbedding", "true").set("domainSafelist", "").set("createdAt", desk.now);
  take(desk, app, call.request("connectedApplication"));
  return {.status = 201, .payload = {node_of(desk, desk.site.put(std::move(app)))}};
}

Reply update_app(Desk& desk, const Call& call) {
  Item app = app_of(desk, call);
  take(desk, app, call.request("connectedApplication"));
  return {.payload = {node_of(desk, desk.site.put(std::move(app)))}};
}

Reply delete_app(Desk& desk, const Call& call) {
  desk.site.erase(Kind::connected_app, std::string(app_of(desk, call).id()));
  return {.status = 204};
}

void keep_secrets(Desk& desk, Item app, std::vector<Node> secrets) {
  Node part("secrets");
  part.children = std::move(secrets);
  desk.site.put(std::move(app.put_part(std::move(part))));
}

Reply create_secret(Desk& desk, const Call& call) {
  const Item& app = app_of(desk, call);
  auto secrets = secrets_of(app);
  if (secrets.size() >= kMaxSecrets) refuse(400003, "A connected app has at most {} secrets.", kMaxSecrets);
  Node secret("connectedApplicationSecret");
  secret.with("id", make_luid()).with("createdAt", desk.now).with("value", make_session_token());
  secrets.push_back(secret);
  keep_secrets(desk, app, std::move(secrets));
  return {.status = 201, .payload = {secret}};
}

const Node& secret_of(const std::vector<Node>& secrets, const std::string& id) {
  for (const auto& secret : secrets)
    if (secret.attribute("id") == id) return secret;
  refuse(404001, "The secret '{}' could not be found.", id);
}

Reply query_secret(Desk& desk, const Call& call) {
  return {.payload = {secret_of(secrets_of(app_of(desk, call)), call.parameter("secret"))}};
}

Reply delete_secret(Desk& desk, const Call& call) {
  const Item& app = app_of(desk, call);
  auto secrets = secrets_of(app);
  const std::string id = *secret_of(secrets, call.parameter("secret")).attribute("id");
  std::erase_if(secrets, [&](const Node& secret) { return secret.attribute("id") == id; });
  keep_secrets(desk, app, std::move(secrets));
  return {.status = 204};
}

void add_rows(std::vector<Route>& rows, const std::array<std::string_view, 3>& paths, const Terms& terms) {
  const auto& [all, one, secrets] = paths;
  rows.insert(rows.end(), {{"GET", all, query_apps, terms},
                           {"POST", all, create_app, terms},
                           {"GET", one, query_app, terms},
                           {"PUT", one, update_app, terms},
                           {"DELETE", one, delete_app, terms},
                           {"POST", secrets, create_secret, terms}});
}

}  // namespace

std::optional<std::string> secret_of_app(const Site& site, const std::string& client_id, const std::string& secret_id) {
  const Item* app = site.find(Kind::connected_app, client_id);
  if (app == nullptr || !app->flag("enabled")) return std::nullopt;
  for (const auto& secret : secrets_of(*app))
    if (secret.attribute("id") == secret_id) return secret.attribute_or("value", "");
  return std::nullopt;
}

std::vector<Route> connected_app_routes() {
  constexpr Terms kTerms = {.access = Access::site_admin, .since = 317};
  constexpr Terms kFormer = {.access = Access::site_admin, .since = 314, .until = 316};
  std::vector<Route> rows;
  add_rows(rows,
           {"sites/{site}/connected-apps/direct-trust", "sites/{site}/connected-apps/direct-trust/{id}",
            "sites/{site}/connected-apps/direct-trust/{id}/secrets"},
           kTerms);
  add_rows(rows,
           {"sites/{site}/connected-applications", "sites/{site}/connected-applications/{id}",
            "sites/{site}/connected-applications/{id}/secrets"},
           kFormer);
  constexpr std::string_view kSecret = "sites/{site}/connected-apps/direct-trust/{id}/secrets/{secret}";
  rows.push_back({"GET", kSecret, query_secret, kTerms});
  rows.push_back({"DELETE", kSecret, delete_secret, kTerms});
  return rows;
}

}  // namespace tabferry::sim
