// Settings of the site that are no attributes: embedding, security of the mobile app, notifications. Each is an item of
// Kind::site_settings with the id of its path's last word.
#include <algorithm>

#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

Item settings_named(const Site& site, const std::string& id) {
  const Item* known = site.find(Kind::site_settings, id);
  return known != nullptr ? *known : Item(Kind::site_settings, id);
}

bool needed_flag(const Node& node, std::string_view attribute) {
  return flag_of(node.attribute_or(attribute, ""), attribute, 400003);
}

// --- embedding ---

Reply answer_embedding(const Desk& desk) {
  const Item settings = settings_named(desk.site, "embedding");
  Node shown("settings");
  const bool is_open = !settings.has("unrestrictedEmbedding") || settings.flag("unrestrictedEmbedding");
  shown.with_flag("unrestrictedEmbedding", is_open);
  shown.with("allowList", settings.get("allowList"));
  return {.payload = {Node("site").with("id", desk.site.self().id()).add(std::move(shown.as_repeated()))}};
}

Reply query_embedding(Desk& desk, const Call&) { return answer_embedding(desk); }

Reply update_embedding(Desk& desk, const Call& call) {
  const Node site = call.request("site");
  expect_only(site, {}, {"settings"});
  const Node& asked = needed_child(site, "settings");
  expect_only(asked, {"unrestrictedEmbedding", "allowList"}, {});
  Item settings = settings_named(desk.site, "embedding");
  if (const auto is = asked_flag(asked, "unrestrictedEmbedding", 400003))
    settings.set_flag("unrestrictedEmbedding", *is);
  if (const auto list = asked.attribute("allowList")) settings.set("allowList", *list);
  desk.site.put(std::move(settings));
  return answer_embedding(desk);
}

// --- mobile security ---

Node policy(std::string_view element, std::string_view severity, std::string_view value) {
  Node node(element);
  return node.with_flag("enabled", true).with("severity", severity).add(Node("valueList").holding(value));
}

Node mobile_setting(std::string_view name, std::string_view value) {
  Node node("mobileSecuritySettings");
  node.with("name", name).with_flag("enabled", false);
  return node.add(policy("iosConfig", "warn", value)).add(policy("androidConfig", "warn", value));
}

// What a site begins with [INF: the names].
Node default_mobile_settings() {
  Node list("mobileSecuritySettingsList");
  list.add(mobile_setting("mobile.security.jailbreak", "true")).add(mobile_setting("mobile.security.maxoffline", "14"));
  return list.as_list();
}

Reply query_mobile(Desk& desk, const Call&) {
  const Item settings = settings_named(desk.site, "mobilesecuritysettings");
  const Node* kept = settings.part("mobileSecuritySettingsList");
  Node list = kept != nullptr ? *kept : default_mobile_settings();
  for (auto& setting : list.children)
    for (auto& system : setting.children)
      for (auto& value : system.children) value.as_repeated();
  return {.payload = {list}};
}

void check_mobile(const Node& setting) {
  expect_only(setting, {"name", "enabled"}, {"iosConfig", "androidConfig"});
  needed_flag(setting, "enabled");
  for (const char* system : {"iosConfig", "androidConfig"}) {
    const Node& asked = needed_child(setting, system);
    expect_only(asked, {"enabled", "severity"}, {"valueList"});
    const std::string severity = asked.attribute_or("severity", "");
    if (severity != "warn" && severity != "error" && severity != "critical")
      refuse(400003, "'{}' is no severity.", severity);
  }
}

Reply update_mobile(Desk& desk, const Call& call) {
  Node list = call.request("mobileSecuritySettingsList");
  expect_only(list, {}, {"mobileSecuritySettings"});
  for (const auto& setting : list.children) check_mobile(setting);
  Item settings = settings_named(desk.site, "mobilesecuritysettings");
  desk.site.put(std::move(settings.put_part(list.as_list())));
  return query_mobile(desk, call);
}

// --- notifications ---

constexpr std::string_view kChannels[] = {"email", "in_app", "slack"};
constexpr std::string_view kNotifications[] = {"comments", "webhooks", "flow", "sharing", "extract_refresh"};

Node preference_of(const Item& settings, std::string_view channel, std::string_view type) {
  const std::string key = fmt::format("{}/{}", channel, type);
  Node node("userNotificationsPreference");
  node.with("channel", channel).with("notificationType", type);
  return node.with_flag("enabled", !settings.has(key) || settings.flag(key)).with_flag("disabledByOverride", false);
}

Reply query_notifications(Desk& desk, const Call&) {
  const Item settings = settings_named(desk.site, "notifications");
  Node list("userNotificationsPreferences");
  for (const auto channel : kChannels)
    for (const auto type : kNotifications) list.add(preference_of(settings, channel, type));
  return {.payload = {list.as_list()}};
}

bool is_among(std::span<const std::string_view> known, const std::string& word) {
  return std::find(known.begin(), known.end(), word) != known.end();
}

Node update_preference(Item& settings, const Node& asked) {
  expect_only(asked, {"channel", "notificationType", "enabled"}, {});
  const std::string channel = asked.attribute_or("channel", ""), type = asked.attribute_or("notificationType", "");
  if (!is_among(kChannels, channel) || !is_among(kNotifications, type))
    refuse(400003, "There are no notifications '{}' by '{}'.", type, channel);
  settings.set_flag(channel + "/" + type, needed_flag(asked, "enabled"));
  Node status("notificationUpdateStatus");
  return status.add(Node("status").holding("Success")).add(preference_of(settings, channel, type));
}

Reply update_notifications(Desk& desk, const Call& call) {
  const Node asked = call.request("userNotificationsPreferences");
  expect_only(asked, {}, {"userNotificationsPreference"});
  Item settings = settings_named(desk.site, "notifications");
  Node result("notificationUpdateResult");
  for (const auto& one : asked.children) result.add(update_preference(settings, one));
  desk.site.put(std::move(settings));
  return {.payload = {result.as_list()}};
}

}  // namespace

std::vector<Route> setting_routes() {
  constexpr Terms kEmbedding = {.access = Access::site_admin, .since = 316};
  constexpr Terms kMobile = {.access = Access::site_admin, .since = 318};
  constexpr Terms kNotices = {.access = Access::site_admin, .since = 315};
  return {{"GET", "sites/{site}/settings/embedding", query_embedding, kEmbedding},
          {"PUT", "sites/{site}/settings/embedding", update_embedding, kEmbedding},
          {"GET", "sites/{site}/settings/mobilesecuritysettings", query_mobile, kMobile},
          {"PUT", "sites/{site}/settings/mobilesecuritysettings", update_mobile, kMobile},
          {"GET", "sites/{site}/settings/notifications", query_notifications, kNotices},
          {"PATCH", "sites/{site}/settings/notifications", update_notifications, kNotices}};
}

}  // namespace tabferry::sim
