// Data-driven alerts
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_notifications.htm#data-driven_alerts). Items
// of Kind::data_alert: view, owner, creatorId, subject, frequency, public, alertCondition, alertThreshold, and a part
// "recipients" of <recipient id=""/>.
#include <algorithm>
#include <span>

#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/render.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

// [INF] The reference lists the three codes; which of them is for what is a guess.
constexpr int kCannotAdd = 409028;
constexpr int kCannotChange = 409029;
constexpr int kNoRecipient = 409030;

constexpr std::string_view kFrequencies[] = {"AsFrequentlyAsPossible", "Hourly", "Daily", "Weekly", "Once"};
constexpr std::string_view kConditions[] = {"above", "above-equal", "below", "below-equal", "equal"};
constexpr std::string_view kDevices[] = {"default", "desktop", "phone", "tablet"};
constexpr std::string_view kVisibilities[] = {"private", "public"};
constexpr std::string_view kFlags[] = {"true", "false"};

// As it is spelt; clients send lower case.
std::string_view word_of(std::string_view value, std::span<const std::string_view> words, std::string_view what) {
  for (const auto word : words)
    if (base::equal_ignoring_case(word, value)) return word;
  refuse(kCannotChange, "'{}' is no {} of a data alert.", value, what);
}

Node recipients_of(const Desk& desk, const Item& alert) {
  Node recipients("recipients");
  recipients.as_list();
  if (const Node* kept = alert.part("recipients"))
    for (const auto& one : kept->children)
      recipients.add(reference(desk.site, Kind::user, "recipient", one.attribute_or("id", ""), "id name"));
  return recipients;
}

Node view_of(const Desk& desk, const Item& alert) {
  const Item* view = desk.site.find(Kind::view, alert.get("view"));
  if (view == nullptr) return Node("view").with("id", alert.get("view"));
  const Item* workbook = desk.site.find(Kind::workbook, view->get("workbook"));
  Node node = reference(desk.site, Kind::view, "view", view->id(), "id name");
  node.add(reference(desk.site, Kind::workbook, "workbook", view->get("workbook"), "id name"));
  const std::string& project = workbook == nullptr ? view->get("project") : workbook->get("project");
  return node.add(reference(desk.site, Kind::project, "project", project, "id name"));
}

Node node_of_alert(const Desk& desk, const Item& alert, Detail detail) {
  Node node = rendered(desk.site, alert, detail);
  node.add(view_of(desk, alert));
  return detail == Detail::single ? node.add(recipients_of(desk, alert)) : node;
}

bool is_recipient(const Item& alert, const std::string& user) {
  const Node* kept = alert.part("recipients");
  return kept != nullptr && std::any_of(kept->children.begin(), kept->children.end(),
                                        [&](const Node& one) { return one.attribute_or("id", "") == user; });
}

bool may_see(const Desk& desk, const Item& alert) {
  return is_visible(desk.site, *desk.user, alert) || is_recipient(alert, desk.user->id());
}

Reply query_alerts(Desk& desk, const Call& call) {
  std::vector<const Item*> alerts;
  for (const auto& [id, alert] : desk.site.all(Kind::data_alert))
    if (may_see(desk, alert)) alerts.push_back(&alert);
  return paged(desk, call, Kind::data_alert, std::move(alerts),
               [&](const Item& alert, Detail) { return node_of_alert(desk, alert, Detail::listed); });
}

Reply query_alert(Desk& desk, const Call& call) {
  const Item& alert = desk.site.at(Kind::data_alert, call.parameter("id"));
  if (!may_see(desk, alert)) refuse(403004, "User '{}' may not see this alert.", desk.user->get("name"));
  return {.payload = {node_of_alert(desk, alert, Detail::single)}};
}

// The owner's, or an administrator's.
Item changeable(const Desk& desk, const Call& call) {
  const Item& alert = desk.site.at(Kind::data_alert, call.parameter("id"));
  if (!is_site_admin(*desk.user) && alert.get("owner") != desk.user->id())
    refuse(403004, "User '{}' may not change this alert.", desk.user->get("name"));
  return alert;
}

void put_recipients(Item& alert, const std::vector<std::string>& ids) {
  Node recipients("recipients");
  for (const auto& id : ids) recipients.add(Node("recipient").with("id", id));
  alert.put_part(std::move(recipients));
}

Item alert_from(const Desk& desk, const Node& asked, const Item& view) {
  Item alert(Kind::data_alert, make_luid());
  alert.set("subject", needed_text(asked, "subject"))
      .set("view", view.id())
      .set("worksheetName", needed_text(asked, "worksheetName"));
  alert.set("frequency", word_of(needed_text(asked, "frequency"), kFrequencies, "frequency"));
  alert.set("alertCondition", word_of(needed_text(asked, "alertCondition"), kConditions, "condition"));
  alert.set("alertThreshold", needed_text(asked, "alertThreshold"));
  alert.set("device", word_of(asked.attribute_or("device", "default"), kDevices, "device"));
  alert.set_flag("public",
                 word_of(asked.attribute_or("visibility", "private"), kVisibilities, "visibility") == "public");
  alert.set_flag("suspended", false).set("owner", desk.user->id()).set("creatorId", desk.user->id());
  return alert.set("createdAt", desk.now).set("updatedAt", desk.now);
}

Node answer_to_create(const Desk& desk, const Item& alert) {
  Node node("dataAlertCreateAlert");
  node.with("id", alert.id());
  for (const char* field : {"subject", "frequency", "alertCondition", "alertThreshold", "worksheetName", "device",
                            "createdAt", "updatedAt"})
    node.with(field, alert.get(field));
  node.with("visibility", alert.flag("public") ? "public" : "private").with("viewId", alert.get("view"));
  if (alert.has("customViewId")) node.with("customViewId", alert.get("customViewId"));
  return node.add(recipients_of(desk, alert));
}

// Whoever makes an alert receives it [INF].
Reply create_alert(Desk& desk, const Call& call) {
  const Node asked = call.request("dataAlertCreateAlert");
  expect_only(asked,
              {"subject", "frequency", "visibility", "device", "worksheetName", "viewId", "customViewId",
               "alertCondition", "alertThreshold"},
              {});
  const Item& view = desk.site.at(Kind::view, needed_text(asked, "viewId"));
  require(desk.site, *desk.user, view, "Read", 403004);
  Item alert = alert_from(desk, asked, view);
  if (const auto custom = asked.attribute("customViewId"))
    alert.set("customViewId", desk.site.at(Kind::custom_view, *custom).id());
  put_recipients(alert, {desk.user->id()});
  return {.status = 201, .payload = {answer_to_create(desk, desk.site.put(std::move(alert)))}};
}

Reply update_alert(Desk& desk, const Call& call) {
  Item alert = changeable(desk, call);
  const Node asked = call.request("dataAlert");
  expect_only(asked, {"subject", "frequency", "public"}, {"owner"});
  if (asked.attribute("subject")) alert.set("subject", needed_text(asked, "subject"));
  if (const auto frequency = asked.attribute("frequency"))
    alert.set("frequency", word_of(*frequency, kFrequencies, "frequency"));
  if (const auto is_public = asked.attribute("public")) alert.set("public", word_of(*is_public, kFlags, "flag"));
  const Node* owner = asked.child("owner");
  if (owner != nullptr && owner->attribute("id"))
    alert.set("owner", desk.site.at(Kind::user, owner->attribute_or("id", "")).id());
  alert.set("updatedAt", desk.now);
  return {.payload = {node_of_alert(desk, desk.site.put(std::move(alert)), Detail::single)}};
}

Reply delete_alert(Desk& desk, const Call& call) {
  desk.site.erase(Kind::data_alert, changeable(desk, call).id());
  return {.status = 204};
}

std::vector<std::string> recipient_ids(const Item& alert) {
  std::vector<std::string> ids;
  if (const Node* kept = alert.part("recipients"))
    for (const auto& one : kept->children) ids.push_back(one.attribute_or("id", ""));
  return ids;
}

Reply add_recipient(Desk& desk, const Call& call) {
  Item alert = changeable(desk, call);
  const Node asked = call.request("user");
  expect_only(asked, {"id"}, {});
  const Item& user = desk.site.at(Kind::user, needed_text(asked, "id"));
  if (is_recipient(alert, user.id())) refuse(kCannotAdd, "User '{}' receives this alert already.", user.get("name"));
  const Item* view = desk.site.find(Kind::view, alert.get("view"));
  if (view == nullptr || !is_visible(desk.site, user, *view))
    refuse(kCannotAdd, "User '{}' may not see the view of this alert.", user.get("name"));
  auto ids = recipient_ids(alert);
  ids.push_back(user.id());
  put_recipients(alert, ids);
  desk.site.put(alert.set("updatedAt", desk.now));
  return {.payload = {reference(desk.site, Kind::user, "user", user.id(), "id name siteRole externalAuthUserId")}};
}

Reply remove_recipient(Desk& desk, const Call& call) {
  Item alert = changeable(desk, call);
  const std::string user = desk.site.at(Kind::user, call.parameter("user")).id();
  if (!is_recipient(alert, user)) refuse(kNoRecipient, "The user does not receive this alert.");
  auto ids = recipient_ids(alert);
  std::erase(ids, user);
  put_recipients(alert, ids);
  desk.site.put(alert.set("updatedAt", desk.now));
  return {.status = 204};
}

}  // namespace

std::vector<Route> data_alert_routes() {
  constexpr Terms kAlerts{.since = 302};
  return {{"GET", "sites/{site}/dataAlerts", query_alerts, kAlerts},
          {"POST", "sites/{site}/dataAlerts", create_alert, {.since = 320}},
          {"GET", "sites/{site}/dataAlerts/{id}", query_alert, kAlerts},
          {"PUT", "sites/{site}/dataAlerts/{id}", update_alert, kAlerts},
          {"DELETE", "sites/{site}/dataAlerts/{id}", delete_alert, kAlerts},
          {"POST", "sites/{site}/dataAlerts/{id}/users", add_recipient, kAlerts},
          {"DELETE", "sites/{site}/dataAlerts/{id}/users/{user}", remove_recipient, kAlerts}};
}

}  // namespace tabferry::sim
