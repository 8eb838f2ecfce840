// Webhooks (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_notifications.htm; the names of
// events: https://help.tableau.com/current/developer/webhooks/en-us/docs/webhooks-events-payload.html). They are kept
// and told; this site calls nobody. Items of Kind::webhook: name, event (either of its names), owner, isEnabled, and
// the address in "_url".
#include "base/text.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/render.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

struct Event {
  std::string_view name;
  std::string_view element;
};
constexpr Event kEvents[] = {
    {"DatasourceUpdated", "webhook-source-event-datasource-updated"},
    {"DatasourceCreated", "webhook-source-event-datasource-created"},
    {"DatasourceDeleted", "webhook-source-event-datasource-deleted"},
    {"DatasourceRefreshStarted", "webhook-source-event-datasource-refresh-started"},
    {"DatasourceRefreshSucceeded", "webhook-source-event-datasource-refresh-succeeded"},
    {"DatasourceRefreshFailed", "webhook-source-event-datasource-refresh-failed"},
    {"WorkbookUpdated", "webhook-source-event-workbook-updated"},
    {"WorkbookCreated", "webhook-source-event-workbook-created"},
    {"WorkbookDeleted", "webhook-source-event-workbook-deleted"},
    {"WorkbookRefreshStarted", "webhook-source-event-workbook-refresh-started"},
    {"WorkbookRefreshSucceeded", "webhook-source-event-workbook-refresh-succeeded"},
    {"WorkbookRefreshFailed", "webhook-source-event-workbook-refresh-failed"},
    {"ViewDeleted", "webhook-source-event-view-deleted"},
    {"FlowCompleted", "webhook-source-event-flow-completed"},
    {"LabelCreated", "webhook-source-event-label-created"},
    {"LabelUpdated", "webhook-source-event-label-updated"},
    {"LabelDeleted", "webhook-source-event-label-deleted"},
};

const Event* event_called(std::string_view text) {
  for (const auto& event : kEvents)
    if (event.element == text || base::equal_ignoring_case(event.name, text)) return &event;
  return nullptr;
}

// By the attribute, as new clients say it, or by the element in webhook-source.
const Event& event_in(const Node& asked) {
  std::string text = asked.attribute_or("event", "");
  const Node* source = asked.child("webhook-source");
  if (text.empty() && source != nullptr && source->children.size() == 1) text = source->children.front().name;
  const Event* event = event_called(text);
  if (event == nullptr) refuse(400003, "'{}' is no event that a webhook can wait for.", text);
  return *event;
}

std::string url_in(const Node& asked) {
  const Node* destination = asked.child("webhook-destination");
  const Node* http = destination == nullptr ? nullptr : destination->child("webhook-destination-http");
  const std::string url = http == nullptr ? "" : http->attribute_or("url", "");
  if (http != nullptr && http->attribute_or("method", "POST") != "POST") refuse(400003, "A webhook's method is POST.");
  constexpr std::string_view kScheme = "https://";
  if (!base::lower(url).starts_with(kScheme) || url.size() == kScheme.size())
    refuse(400003, "The address of a webhook must begin with https://.");  // [INF: the code]
  return url;
}

Node node_of_webhook(const Desk& desk, const Item& webhook) {
  Node node = rendered(desk.site, webhook, Detail::single);
  Node source("webhook-source"), destination("webhook-destination"), http("webhook-destination-http");
  const Event* event = event_called(webhook.get("event"));
  if (event != nullptr) source.add(Node(event->element));
  node.with("event", event != nullptr ? event->name : std::string_view(webhook.get("event")));
  destination.add(http.with("method", "POST").with("url", webhook.get("_url")));
  node.add(std::move(source)).add(std::move(destination));
  return node.add(reference(desk.site, Kind::user, "owner", webhook.get("owner"), "id name"));
}

void take_over(const Node& asked, Item& webhook) {
  expect_only(asked, {"name", "event", "isEnabled", "statusChangeReason"}, {"webhook-source", "webhook-destination"});
  if (const auto name = asked.attribute("name")) {
    if (base::trim(*name).empty()) refuse(400003, "The name of a webhook cannot be empty.");
    webhook.set("name", *name);
  }
  if (asked.attribute("event") || asked.child("webhook-source") != nullptr) webhook.set("event", event_in(asked).name);
  if (asked.child("webhook-destination") != nullptr) webhook.set("_url", url_in(asked));
  if (const auto is = asked_flag(asked, "isEnabled", 400003)) webhook.set_flag("isEnabled", *is);
  if (const auto reason = asked.attribute("statusChangeReason")) webhook.set("statusChangeReason", *reason);
}

Reply create_webhook(Desk& desk, const Call& call) {
  const Node asked = call.request("webhook");
  Item webhook(Kind::webhook, make_luid());
  webhook.set("isEnabled", "true").set("statusChangeReason", "").set("owner", desk.user->id());
  webhook.set("createdAt", desk.now).set("updatedAt", desk.now);
  take_over(asked, webhook);
  event_in(asked);
  url_in(asked);
  if (!webhook.has("name")) refuse(400003, "The name of a webhook is missing.");
  return {.status = 201, .payload = {node_of_webhook(desk, desk.site.put(std::move(webhook)))}};
}

Reply update_webhook(Desk& desk, const Call& call) {
  Item webhook = desk.site.at(Kind::webhook, call.parameter("id"));
  take_over(call.request("webhook"), webhook);
  webhook.set("updatedAt", desk.now);
  return {.payload = {node_of_webhook(desk, desk.site.put(std::move(webhook)))}};
}

Reply query_webhooks(Desk& desk, const Call& call) {
  return unpaged(desk, call, Kind::webhook, visible_items(desk, Kind::webhook),
                 [&](const Item& webhook, Detail) { return node_of_webhook(desk, webhook); });
}

Reply query_webhook(Desk& desk, const Call& call) {
  return {.payload = {node_of_webhook(desk, desk.site.at(Kind::webhook, call.parameter("id")))}};
}

Reply delete_webhook(Desk& desk, const Call& call) {
  const std::string id = desk.site.at(Kind::webhook, call.parameter("id")).id();
  desk.site.erase(Kind::webhook, id);
  return {.status = 204};
}

// A real server calls the address and tells what it said. This one calls nobody, and says so.
Reply test_webhook(Desk& desk, const Call& call) {
  const Item& webhook = desk.site.at(Kind::webhook, call.parameter("id"));
  Node result("webhookTestResult");
  result.with("id", webhook.id()).with("status", "200");
  return {.payload = {result.add(Node("body").holding("This is a simulator: nothing was sent."))}};
}

}  // namespace

std::vector<Route> webhook_routes() {
  constexpr Terms kWebhooks{.access = Access::site_admin, .since = 306};
  return {{"GET", "sites/{site}/webhooks", query_webhooks, kWebhooks},
          {"POST", "sites/{site}/webhooks", create_webhook, kWebhooks},
          {"GET", "sites/{site}/webhooks/{id}", query_webhook, kWebhooks},
          {"PUT", "sites/{site}/webhooks/{id}", update_webhook, kWebhooks},
          {"DELETE", "sites/{site}/webhooks/{id}", delete_webhook, kWebhooks},
          {"GET", "sites/{site}/webhooks/{id}/test", test_webhook, kWebhooks}};
}

}  // namespace tabferry::sim
