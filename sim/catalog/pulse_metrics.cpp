// Pulse: metrics, and who follows them.
#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "sim/catalog/json_answers.h"
#include "sim/catalog/pulse.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

using doc::Json;

Reply one_metric(const Desk& desk, const Item& metric, int status = 200) {
  return json_reply(doc::to_line({{"metric", pulse_metric_of(desk, metric)}}), status);
}

Reply query_metric(Desk& desk, const Call& call) {
  return one_metric(desk, pulse_metric_at(desk, call.parameter("id")));
}

Reply batch_metrics(Desk& desk, const Call& call) {
  return pulse_batch(call, "metrics", "metric_ids",
                     [&](const std::string& id) { return pulse_metric_of(desk, pulse_metric_at(desk, id)); });
}

struct Asked {
  std::string definition;
  Json specification;
};

Asked asked_for(const Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  const Item& definition = pulse_definition_at(desk, pulse_text(asked, {"definition_id"}));
  if (!asked.contains("specification") || !asked["specification"].is_object())
    refuse(400000, "Payload is either malformed or incomplete: a metric needs a specification.");
  return {definition.id(), asked["specification"]};
}

const Item* same_metric(const Desk& desk, const Asked& asked) {
  for (const Item* metric : desk.site.children(Kind::pulse_metric, asked.definition))
    if (pulse_document_of(*metric)["specification"] == asked.specification) return metric;
  return nullptr;
}

const Item& add_metric(Desk& desk, const Asked& asked) {
  return desk.site.put(
      new_pulse_metric(desk.site.at(Kind::pulse_definition, asked.definition), asked.specification, false));
}

Reply create_metric(Desk& desk, const Call& call) {
  const Asked asked = asked_for(desk, call);
  if (same_metric(desk, asked) != nullptr) refuse(409000, "There is such a metric of this definition already.");
  return one_metric(desk, add_metric(desk, asked), 201);
}

Reply get_or_create_metric(Desk& desk, const Call& call) {
  const Asked asked = asked_for(desk, call);
  const Item* known = same_metric(desk, asked);
  const Item& metric = known != nullptr ? *known : add_metric(desk, asked);
  return json_reply(doc::to_line({{"metric", pulse_metric_of(desk, metric)}, {"is_metric_created", known == nullptr}}));
}

Reply update_metric(Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  Item metric = pulse_metric_at(desk, call.parameter("id"));
  Json document = pulse_document_of(metric);
  for (const auto& [key, value] : asked.items())
    if (key == "specification" || key == "goals") document[key] = value;
  return one_metric(desk, desk.site.put(metric.set("_document", document.dump())));
}

Reply delete_metric(Desk& desk, const Call& call) {
  const Item& metric = pulse_metric_at(desk, call.parameter("id"));
  if (metric.flag("isDefault")) refuse(400003, "The default metric goes with its definition alone.");
  erase_pulse_metric(desk, std::string(metric.id()));
  return {.status = 204};
}

// --- followers ---

Json subscription_of(const Item& subscription) {
  Json follower = Json::object();
  for (const char* who : {"user", "group"})
    if (subscription.has(who)) follower[std::string(who) + "_id"] = subscription.get(who);
  return {{"id", subscription.id()},
          {"metric_id", subscription.get("metric")},
          {"follower", follower},
          {"create_time", subscription.get("createdAt")},
          {"update_time", subscription.get("createdAt")}};
}

bool is_mine(const Desk& desk, const Item& subscription) {
  return is_site_admin(*desk.user) || subscription.get("user") == desk.user->id();
}

const Item& subscription_at(const Desk& desk, std::string_view id) {
  const Item& subscription = desk.site.at(Kind::pulse_subscription, id);
  if (!is_mine(desk, subscription)) refuse(403004, "The subscription '{}' is somebody else's.", id);
  return subscription;
}

// Administrators see all, others their own; metric_id and user_id choose.
Reply query_subscriptions(Desk& desk, const Call& call) {
  const std::string metric = base::lower(call.query_value("metric_id").value_or(""));
  const std::string user = base::lower(call.query_value("user_id").value_or(""));
  std::vector<const Item*> seen;
  for (const auto& [id, one] : desk.site.all(Kind::pulse_subscription))
    if (is_mine(desk, one) && (metric.empty() || one.get("metric") == metric) &&
        (user.empty() || one.get("user") == user))
      seen.push_back(&one);
  return pulse_list(call, "subscriptions", seen, subscription_of);
}

Reply query_subscription(Desk& desk, const Call& call) {
  return json_reply(doc::to_line({{"subscription", subscription_of(subscription_at(desk, call.parameter("id")))}}));
}

Reply batch_subscriptions(Desk& desk, const Call& call) {
  return pulse_batch(call, "subscriptions", "subscription_ids",
                     [&](const std::string& id) { return subscription_of(subscription_at(desk, id)); });
}

const Item& follow(Desk& desk, const Item& metric, const Json& follower) {
  const std::string user = pulse_text(follower, {"user_id"}), group = pulse_text(follower, {"group_id"});
  Item subscription(Kind::pulse_subscription, make_luid());
  if (!user.empty())
    subscription.set("user", desk.site.at(Kind::user, user).id());
  else
    subscription.set("group", desk.site.at(Kind::group, group).id());
  if (!is_mine(desk, subscription)) refuse(403004, "User '{}' cannot subscribe others.", desk.user->get("name"));
  for (const Item* known : desk.site.children(Kind::pulse_subscription, metric.id()))
    if (known->get("user") == subscription.get("user") && known->get("group") == subscription.get("group"))
      return *known;
  return desk.site.put(subscription.set("metric", metric.id()).set("createdAt", desk.now));
}

Reply create_subscription(Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  const Item& metric = pulse_metric_at(desk, pulse_text(asked, {"metric_id"}));
  const Json follower = asked.contains("follower") ? asked["follower"] : Json::object();
  return json_reply(doc::to_line({{"subscription", subscription_of(follow(desk, metric, follower))}}), 201);
}

Reply create_subscriptions(Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  const Item& metric = pulse_metric_at(desk, pulse_text(asked, {"metric_id"}));
  if (!asked.contains("followers") || !asked["followers"].is_array())
    refuse(400000, "Payload is either malformed or incomplete: followers.");
  Json answer = {{"subscriptions", Json::array()}};
  for (const auto& follower : asked["followers"])
    answer["subscriptions"].push_back(subscription_of(follow(desk, metric, follower)));
  return json_reply(doc::to_line(answer), 201);
}

Reply delete_subscription(Desk& desk, const Call& call) {
  desk.site.erase(Kind::pulse_subscription, std::string(subscription_at(desk, call.parameter("id")).id()));
  return {.status = 204};
}

}  // namespace

const Item& pulse_metric_at(const Desk& desk, std::string_view id) {
  const Item& metric = desk.site.at(Kind::pulse_metric, id);
  pulse_definition_at(desk, metric.get("definition"));
  return metric;
}

Item new_pulse_metric(const Item& definition, const Json& specification, bool is_default) {
  Item metric(Kind::pulse_metric, make_luid());
  const Json document = {{"id", metric.id()},
                         {"definition_id", definition.id()},
                         {"is_default", is_default},
                         {"specification", specification}};
  return metric.set("definition", definition.id()).set_flag("isDefault", is_default).set("_document", document.dump());
}

Json pulse_metric_of(const Desk& desk, const Item& metric) {
  Json document = pulse_document_of(metric);
  const Item* definition = desk.site.find(Kind::pulse_definition, metric.get("definition"));
  if (definition != nullptr) document["datasource_luid"] = definition->get("datasource");
  const auto followers = desk.site.children(Kind::pulse_subscription, metric.id());
  document["is_followed"] = std::any_of(followers.begin(), followers.end(),
                                        [&](const Item* one) { return one->get("user") == desk.user->id(); });
  return document;
}

void erase_pulse_metric(Desk& desk, const std::string& id) {
  std::vector<std::string> followers;
  for (const Item* one : desk.site.children(Kind::pulse_subscription, id)) followers.push_back(one->id());
  for (const auto& follower : followers) desk.site.erase(Kind::pulse_subscription, follower);
  desk.site.erase(Kind::pulse_metric, id);
}

std::vector<Route> pulse_metric_routes() {
  return {{"GET", "-/pulse/metrics:batchGet", batch_metrics, kPulse},
          {"POST", "-/pulse/metrics:batchGet", batch_metrics, kPulse},
          {"POST", "-/pulse/metrics:getOrCreate", get_or_create_metric, kPulse},
          {"POST", "-/pulse/metrics", create_metric, kPulse},
          {"GET", "-/pulse/metrics/{id}", query_metric, kPulse},
          {"PATCH", "-/pulse/metrics/{id}", update_metric, kPulse},
          {"DELETE", "-/pulse/metrics/{id}", delete_metric, kPulse}};
}

std::vector<Route> pulse_subscription_routes() {
  return {{"GET", "-/pulse/subscriptions:batchGet", batch_subscriptions, kPulse},
          {"POST", "-/pulse/subscriptions:batchGet", batch_subscriptions, kPulse},
          {"POST", "-/pulse/subscriptions:batchCreate", create_subscriptions, kPulse},
          {"GET", "-/pulse/subscriptions", query_subscriptions, kPulse},
          {"POST", "-/pulse/subscriptions", create_subscription, kPulse},
          {"GET", "-/pulse/subscriptions/{id}", query_subscription, kPulse},
          {"DELETE", "-/pulse/subscriptions/{id}", delete_subscription, kPulse}};
}

}  // namespace tabferry::sim
