// Subscriptions: a Server's name a shared schedule, Tableau Cloud's have one of their own
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_subscriptions.htm). Items of
// Kind::subscription: content and contentType ("View", "Workbook"), user, sendIfViewEmpty, customViewId, a schedule as
// schedule_forms.h says.
#include <algorithm>
#include <span>

#include "base/text.h"
#include "sim/automation/schedule_forms.h"
#include "sim/automation/tasks.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/render.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kOrientations[] = {"PORTRAIT", "LANDSCAPE"};
constexpr std::string_view kPageSizes[] = {"A3",    "A4",     "A5",   "B5",     "EXECUTIVE", "FOLIO",      "LEDGER",
                                           "LEGAL", "LETTER", "NOTE", "QUARTO", "TABLOID",   "UNSPECIFIED"};

Node content_node(const Desk& desk, const Item& subscription) {
  const Kind kind = content_kind(subscription.get("contentType"), 400069);
  Node node = reference(desk.site, kind, "content", subscription.get("content"), "id name");
  node.with("type", subscription.get("contentType"));
  node.with_flag("sendIfViewEmpty", subscription.flag("sendIfViewEmpty"));
  if (subscription.has("customViewId")) node.with("customViewId", subscription.get("customViewId"));
  return node;
}

Node node_of_subscription(const Desk& desk, const Item& subscription) {
  Node node = rendered(desk.site, subscription, Detail::listed);
  node.add(content_node(desk, subscription)).add(schedule_of(desk, subscription, "id name"));
  return node.add(reference(desk.site, Kind::user, "user", subscription.get("user"), "id name"));
}

void check_word(const Node& asked, std::string_view attribute, std::span<const std::string_view> words) {
  const auto value = asked.attribute(attribute);
  if (value && std::find(words.begin(), words.end(), *value) == words.end())
    refuse(400063, "There was a problem with the subscription: {} '{}' is not known.", attribute, *value);
}

void take_flag(const Node& asked, Item& subscription, std::string_view field) {
  if (const auto is = asked_flag(asked, field, 400063)) subscription.set_flag(field, *is);
}

void take_over(const Node& asked, Item& subscription) {
  if (const auto subject = asked.attribute("subject")) {
    if (base::trim(*subject).empty()) refuse(400067, "The subject of a subscription cannot be empty.");
    subscription.set("subject", *subject);
  }
  if (const auto message = asked.attribute("message")) subscription.set("message", *message);
  check_word(asked, "pageOrientation", kOrientations);
  check_word(asked, "pageSizeOption", kPageSizes);
  for (const char* field : {"pageOrientation", "pageSizeOption"})
    if (const auto value = asked.attribute(field)) subscription.set(field, *value);
  for (const char* field : {"attachImage", "attachPdf", "suspended", "refreshExtractTriggered"})
    take_flag(asked, subscription, field);
}

void take_content_options(const Desk& desk, const Node& content, Item& subscription) {
  take_flag(content, subscription, "sendIfViewEmpty");
  if (const auto view = content.attribute("customViewId"))
    subscription.set("customViewId", desk.site.at(Kind::custom_view, *view).id());
}

const Item& subscribed_content(const Desk& desk, const Node* content) {
  if (content == nullptr || !content->attribute("id")) refuse(400068, "The content of the subscription is missing.");
  const std::string type = content->attribute_or("type", "");
  if (!base::equal_ignoring_case(type, "view") && !base::equal_ignoring_case(type, "workbook"))
    refuse(400069, "'{}' is no type of content that can be subscribed to.", type);
  return desk.site.at(content_kind(type, 400069), content->attribute_or("id", ""));
}

// Who asks may do it for himself; administrators, project leaders and owners for others who may see it.
void check_rights(const Desk& desk, const Item& content, const Item& subscriber) {
  const bool is_own = subscriber.id() == desk.user->id();
  if (desk.site.self().flag("disableSubscriptions")) refuse(403065, "Subscriptions are disabled on this site.");
  if (!is_own && !may(desk.site, *desk.user, content, "Write"))
    refuse(403060, "User '{}' may not subscribe others to this content.", desk.user->get("name"));
  if (!is_visible(desk.site, subscriber, content))
    refuse(403063, "User '{}' does not have permission to see this content.", subscriber.get("name"));
  // On Tableau Cloud the user's name is an e-mail address.
  if (!desk.is_cloud() && subscriber.get("email").empty())
    refuse(403064, "User '{}' has no e-mail address.", subscriber.get("name"));
}

void take_shared_schedule(const Desk& desk, const Node* asked, Item& subscription) {
  const Item& schedule = desk.site.at(Kind::schedule, asked == nullptr ? "" : asked->attribute_or("id", ""));
  if (schedule.get("type") != "Subscription")
    refuse(400063, "There was a problem with the subscription: schedule '{}' is not for subscriptions.",
           schedule.get("name"));
  subscription.set("schedule", schedule.id());
}

// Cloud's stands beside the subscription; what clients leave inside of it there is passed over [INF].
void take_own_schedule(const Desk& desk, const Node& root, const Node& asked, Item& subscription) {
  const Node* inside = asked.child("schedule");
  const bool is_inside = root.child("schedule") == nullptr && inside != nullptr && inside->attribute("frequency");
  subscription.put_part(own_schedule(desk, is_inside ? *inside : needed_child(root, "schedule")));
}

void expect_form(const Node& root, const Node& asked) {
  expect_only(root, {}, {"subscription", "schedule"});
  expect_only(asked,
              {"subject", "message", "attachImage", "attachPdf", "pageOrientation", "pageSizeOption", "suspended",
               "refreshExtractTriggered"},
              {"content", "schedule", "user"});
}

const Node& subscription_in(const Node& root) {
  const Node& asked = needed_child(root, "subscription");
  expect_form(root, asked);
  return asked;
}

Reply create_subscription(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  const Node& asked = subscription_in(root);
  if (!asked.attribute("subject")) refuse(400067, "The subject of the subscription is missing.");
  const Node* user = asked.child("user");
  const Item& subscriber = user == nullptr ? *desk.user : desk.site.at(Kind::user, user->attribute_or("id", ""));
  const Item& content = subscribed_content(desk, asked.child("content"));
  check_rights(desk, content, subscriber);
  Item subscription(Kind::subscription, make_luid());
  subscription.set("content", content.id()).set("contentType", content.kind() == Kind::view ? "View" : "Workbook");
  subscription.set("user", subscriber.id())
      .set("attachImage", "true")
      .set("attachPdf", "false")
      .set("suspended", "false");
  subscription.set("sendIfViewEmpty", "true").set("refreshExtractTriggered", "false");
  take_over(asked, subscription);
  take_content_options(desk, *asked.child("content"), subscription);
  if (desk.is_cloud())
    take_own_schedule(desk, root, asked, subscription);
  else
    take_shared_schedule(desk, asked.child("schedule"), subscription);
  return {.status = 201, .payload = {node_of_subscription(desk, desk.site.put(std::move(subscription)))}};
}

const Item& asked_for(const Desk& desk, const Call& call) {
  const Item& subscription = desk.site.at(Kind::subscription, call.parameter("id"));
  if (!is_site_admin(*desk.user) && subscription.get("user") != desk.user->id())
    refuse(403060, "User '{}' may not see or change this subscription.", desk.user->get("name"));
  return subscription;
}

// Clients send both elements, perhaps empty: an empty one changes nothing.
Reply update_subscription(Desk& desk, const Call& call) {
  Item subscription = asked_for(desk, call);
  const Node root = parse_request_root(call.document, call.request_language());
  const Node& asked = subscription_in(root);
  take_over(asked, subscription);
  if (const Node* content = asked.child("content")) take_content_options(desk, *content, subscription);
  const Node* schedule = asked.child("schedule");
  const bool is_own = root.child("schedule") != nullptr || (schedule != nullptr && schedule->attribute("frequency"));
  if (desk.is_cloud() && is_own)
    take_own_schedule(desk, root, asked, subscription);
  else if (!desk.is_cloud() && schedule != nullptr && schedule->attribute("id"))
    take_shared_schedule(desk, schedule, subscription);
  return {.payload = {node_of_subscription(desk, desk.site.put(std::move(subscription)))}};
}

Reply query_subscriptions(Desk& desk, const Call& call) {
  return paged(desk, call, Kind::subscription, visible_items(desk, Kind::subscription),
               [&](const Item& subscription, Detail) { return node_of_subscription(desk, subscription); });
}

Reply query_subscription(Desk& desk, const Call& call) {
  return {.payload = {node_of_subscription(desk, asked_for(desk, call))}};
}

Reply delete_subscription(Desk& desk, const Call& call) {
  const std::string id = asked_for(desk, call).id();
  desk.site.erase(Kind::subscription, id);
  return {.status = 204};
}

}  // namespace

std::vector<Route> subscription_routes() {
  return {{"GET", "sites/{site}/subscriptions", query_subscriptions},
          {"POST", "sites/{site}/subscriptions", create_subscription},
          {"GET", "sites/{site}/subscriptions/{id}", query_subscription},
          {"PUT", "sites/{site}/subscriptions/{id}", update_subscription},
          {"DELETE", "sites/{site}/subscriptions/{id}", delete_subscription}};
}

}  // namespace tabferry::sim
