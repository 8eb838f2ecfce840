// Which extensions the site and the server let in
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_extensions.htm).
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr const char* kSiteFlags[] = {"extensionsEnabled", "useDefaultSetting",   "allowTrusted",
                                      "includeSandboxed",  "includeTableauBuilt", "includePartnerBuilt"};

// The answer is kept as a part of an item whose id is the scope: "extensions", "server-extensions".
Node flag_node(std::string_view element, bool value) { return Node(element).holding_literal(value ? "true" : "false"); }

bool flag_in(const Node& asked, std::string_view element, bool otherwise) {
  const Node* child = asked.child(element);
  return child == nullptr ? otherwise : flag_of(child->text, element, 400003);
}

// In JSON flags are attributes of the request, in XML elements.
Node with_children(const Node& asked) {
  Node node(asked.name);
  for (const auto& attribute : asked.attributes) node.add(Node(attribute.name).holding(attribute.value));
  for (const auto& child : asked.children) node.add(child.name == "safeList" ? with_children(child) : child);
  return node;
}

Node safe_entry(const Node& asked) {
  const Node* url = asked.child("url");
  if (url == nullptr || url->text.empty()) refuse(400003, "An entry of the safe list needs a url.");
  Node entry("safeList");
  entry.add(Node("url").holding(url->text));
  entry.add(flag_node("fullDataAllowed", flag_in(asked, "fullDataAllowed", false)));
  return entry.add(flag_node("promptNeeded", flag_in(asked, "promptNeeded", true)));
}

Node site_settings_of(const Node& given, const Node& before) {
  const Node asked = with_children(given);
  Node settings("extensionsSiteSettings");
  for (const char* element : kSiteFlags)
    settings.add(flag_node(element, flag_in(asked, element, flag_in(before, element, true))));
  for (const auto& child : asked.children)
    if (child.name == "safeList") settings.add(safe_entry(child));
  return settings;
}

Node server_settings_of(const Node& given, const Node& before) {
  const Node asked = with_children(given);
  Node settings("extensionsServerSettings");
  constexpr std::string_view kEnabled = "extensionsGloballyEnabled";
  settings.add(flag_node(kEnabled, flag_in(asked, kEnabled, flag_in(before, kEnabled, true))));
  for (const auto& child : asked.children)
    if (child.name == "blockList") settings.add(Node("blockList").holding(child.text));
  return settings;
}

Node with_lists(Node settings) {
  for (auto& child : settings.children)
    if (child.name == "safeList" || child.name == "blockList") child.as_repeated();
  return settings;
}

Node kept(const Desk& desk, const std::string& id, const Node& otherwise) {
  const Item* item = desk.site.find(Kind::site_settings, id);
  const Node* part = item == nullptr ? nullptr : item->part(otherwise.name);
  return part == nullptr ? otherwise : with_lists(*part);
}

Node site_settings(const Desk& desk) {
  const Node nothing("extensionsSiteSettings");
  return kept(desk, "extensions", site_settings_of(nothing, nothing));
}

Node server_settings(const Desk& desk) {
  const Node nothing("extensionsServerSettings");
  return kept(desk, "server-extensions", server_settings_of(nothing, nothing));
}

Reply keep(Desk& desk, const std::string& id, const Node& settings) {
  desk.site.put(Item(Kind::site_settings, id).put_part(settings));
  return {.payload = {with_lists(settings)}};
}

Reply query_site_settings(Desk& desk, const Call&) { return {.payload = {site_settings(desk)}}; }
Reply query_server_settings(Desk& desk, const Call&) { return {.payload = {server_settings(desk)}}; }

Reply update_site_settings(Desk& desk, const Call& call) {
  return keep(desk, "extensions", site_settings_of(call.request("extensionsSiteSettings"), site_settings(desk)));
}

Reply update_server_settings(Desk& desk, const Call& call) {
  return keep(desk, "server-extensions",
              server_settings_of(call.request("extensionsServerSettings"), server_settings(desk)));
}

}  // namespace

std::vector<Route> extension_routes() {
  constexpr Terms kSite = {.access = Access::site_admin, .since = 321};
  constexpr Terms kServer = {.access = Access::server_admin, .since = 321, .only = Only::server};
  return {{"GET", "sites/{site}/settings/extensions", query_site_settings, kSite},
          {"PUT", "sites/{site}/settings/extensions", update_site_settings, kSite},
          {"GET", "settings/extensions", query_server_settings, kServer},
          {"PUT", "settings/extensions", update_server_settings, kServer}};
}

}  // namespace tabferry::sim
