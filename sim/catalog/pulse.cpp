// Pulse: definitions (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_pulse.htm).
#include "sim/catalog/pulse.h"

#include "base/text.h"
#include "doc/json.h"
#include "sim/catalog/json_answers.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

using doc::Json;

std::vector<std::string> ids_in(const Call& call, const std::string& parameter) {
  std::vector<std::string> ids;
  if (const auto text = call.query_value(parameter))
    for (const auto id : base::split(*text, ',')) ids.emplace_back(base::trim(id));
  if (base::trim(call.document).empty()) return ids;
  const Json asked = pulse_request(call);
  if (asked.contains(parameter) && asked[parameter].is_array())
    for (const auto& id : asked[parameter])
      if (id.is_string()) ids.push_back(id.get<std::string>());
  return ids;
}

// DEFINITION_VIEW_DEFAULT adds the default metric, DEFINITION_VIEW_FULL all of them.
Json definition_of(const Desk& desk, const Call& call, const Item& definition) {
  Json document = pulse_document_of(definition);
  const std::string view = call.query_value("view").value_or("DEFINITION_VIEW_BASIC");
  const auto metrics = desk.site.children(Kind::pulse_metric, definition.id());
  document["total_metrics"] = metrics.size();
  if (view == "DEFINITION_VIEW_BASIC") return document;
  document["metrics"] = Json::array();
  for (const Item* metric : metrics)
    if (view == "DEFINITION_VIEW_FULL" || metric->flag("isDefault"))
      document["metrics"].push_back(pulse_metric_of(desk, *metric));
  return document;
}

Reply query_definitions(Desk& desk, const Call& call) {
  std::vector<const Item*> seen;
  for (const auto& [id, definition] : desk.site.all(Kind::pulse_definition))
    if (sees_pulse(desk, definition)) seen.push_back(&definition);
  return pulse_list(call, "definitions", seen, [&](const Item& item) { return definition_of(desk, call, item); });
}

Reply batch_definitions(Desk& desk, const Call& call) {
  return pulse_batch(call, "definitions", "definition_ids",
                     [&](const std::string& id) { return definition_of(desk, call, pulse_definition_at(desk, id)); });
}

Reply one(const Desk& desk, const Call& call, const Item& definition, int status = 200) {
  return json_reply(doc::to_line({{"definition", definition_of(desk, call, definition)}}), status);
}

Reply query_definition(Desk& desk, const Call& call) {
  return one(desk, call, pulse_definition_at(desk, call.parameter("id")));
}

// Clients say name and description beside the specification and get them in `metadata`.
void describe(const Desk& desk, Item& definition, Json& document, const Json& asked) {
  for (const auto& [key, value] : asked.items())
    if (key != "name" && key != "description" && key != "metadata" && key != "definition_id") document[key] = value;
  for (const char* field : {"name", "description"}) {
    const std::string text =
        asked.contains(field) ? pulse_text(asked, {field}) : pulse_text(asked, {"metadata", field});
    if (!text.empty()) document["metadata"][field] = text;
  }
  document["metadata"]["id"] = definition.id();
  document["metadata"]["last_updated_user"] = {{"id", desk.user->id()}};
  definition.set("name", pulse_text(document, {"metadata", "name"}));
  definition.set("datasource", base::lower(pulse_text(document, {"specification", "datasource", "id"})));
}

void check_datasource(const Desk& desk, const Item& definition, std::string_view capability) {
  const Item& source = desk.site.at(Kind::datasource, definition.get("datasource"));
  require(desk.site, *desk.user, source, capability, 403004);
}

// It comes with a metric that filters nothing.
Reply create_definition(Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  Item definition(Kind::pulse_definition, make_luid());
  Json document = Json::object();
  describe(desk, definition, document, asked);
  if (definition.get("name").empty())
    refuse(400000, "Payload is either malformed or incomplete: a definition needs a name.");
  check_datasource(desk, definition, "PulseMetricDefine");
  const Item& put = desk.site.put(definition.set("owner", desk.user->id()).set("_document", document.dump()));
  const Json period = {{"granularity", "GRANULARITY_BY_MONTH"}, {"range", "RANGE_CURRENT_PARTIAL"}};
  desk.site.put(new_pulse_metric(put, {{"filters", Json::array()}, {"measurement_period", period}}, true));
  return one(desk, call, put, 201);
}

Reply update_definition(Desk& desk, const Call& call) {
  const Json asked = pulse_request(call);
  Item definition = pulse_definition_at(desk, call.parameter("id"));
  check_datasource(desk, definition, "PulseMetricDefine");
  Json document = pulse_document_of(definition);
  describe(desk, definition, document, asked);
  check_datasource(desk, definition, "PulseMetricDefine");
  return one(desk, call, desk.site.put(definition.set("_document", document.dump())));
}

Reply delete_definition(Desk& desk, const Call& call) {
  const Item& definition = pulse_definition_at(desk, call.parameter("id"));
  check_datasource(desk, definition, "PulseMetricDefine");
  const std::string id = definition.id();
  std::vector<std::string> metrics;
  for (const Item* metric : desk.site.children(Kind::pulse_metric, id)) metrics.push_back(metric->id());
  for (const auto& metric : metrics) erase_pulse_metric(desk, metric);
  desk.site.erase(Kind::pulse_definition, id);
  return {.status = 204};
}

Reply query_metrics_of(Desk& desk, const Call& call) {
  const Item& definition = pulse_definition_at(desk, call.parameter("id"));
  return pulse_list(call, "metrics", desk.site.children(Kind::pulse_metric, definition.id()),
                    [&](const Item& metric) { return pulse_metric_of(desk, metric); });
}

}  // namespace

Json pulse_document_of(const Item& item) { return doc::parse_json(item.get("_document"), "a Pulse document"); }

Json pulse_request(const Call& call) {
  try {
    Json document = doc::parse_json(call.document, "the request");
    if (document.is_object()) return document;
  } catch (const base::Error& error) {
    refuse(400000, "Payload is either malformed or incomplete. {}", error.what());
  }
  refuse(400000, "Payload is either malformed or incomplete: it is no JSON object.");
}

std::string pulse_text(const Json& object, std::initializer_list<const char*> path) {
  const Json* at = &object;
  for (const char* name : path) {
    if (!at->is_object() || !at->contains(name)) return "";
    at = &(*at)[name];
  }
  return at->is_string() ? at->get<std::string>() : "";
}

Reply pulse_list(const Call& call, const std::string& list, const std::vector<const Item*>& items,
                 const std::function<Json(const Item&)>& json_of) {
  const TokenPage page = token_page(call, items);
  Json answer = {
      {list, Json::array()}, {"next_page_token", page.next}, {"offset", page.offset}, {"total_available", page.total}};
  for (const Item* item : page.items) answer[list].push_back(json_of(*item));
  return json_reply(doc::to_line(answer));
}

Reply pulse_batch(const Call& call, const std::string& list, const std::string& parameter,
                  const std::function<Json(const std::string& id)>& json_of) {
  Json answer = {{list, Json::array()}};
  for (const auto& id : ids_in(call, parameter)) {
    try {
      answer[list].push_back(json_of(id));
    } catch (const Refusal&) {
      continue;
    }
  }
  return json_reply(doc::to_line(answer));
}

bool sees_pulse(const Desk& desk, const Item& definition) {
  const Item* source = desk.site.find(Kind::datasource, definition.get("datasource"));
  return is_site_admin(*desk.user) || (source != nullptr && is_visible(desk.site, *desk.user, *source));
}

const Item& pulse_definition_at(const Desk& desk, std::string_view id) {
  const Item& definition = desk.site.at(Kind::pulse_definition, id);
  if (!sees_pulse(desk, definition))
    refuse(403004, "User '{}' cannot see the definition '{}'.", desk.user->get("name"), id);
  return definition;
}

std::vector<Route> pulse_routes() {
  return {{"GET", "-/pulse/definitions:batchGet", batch_definitions, kPulse},
          {"POST", "-/pulse/definitions:batchGet", batch_definitions, kPulse},
          {"GET", "-/pulse/definitions", query_definitions, kPulse},
          {"POST", "-/pulse/definitions", create_definition, kPulse},
          {"GET", "-/pulse/definitions/{id}", query_definition, kPulse},
          {"PATCH", "-/pulse/definitions/{id}", update_definition, kPulse},
          {"DELETE", "-/pulse/definitions/{id}", delete_definition, kPulse},
          {"GET", "-/pulse/definitions/{id}/metrics", query_metrics_of, kPulse}};
}

}  // namespace tabferry::sim
