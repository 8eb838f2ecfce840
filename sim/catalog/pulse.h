// Tableau Pulse. An item holds its document, as clients gave it and as they get it back, in `_document`; the fields
// beside it are what the site itself needs to know: datasource, definition, isDefault, metric, user, group.
#pragma once

#include <functional>
#include <initializer_list>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/desk.h"
#include "sim/core/routes.h"

namespace tabferry::sim {

using PulseJson = nlohmann::ordered_json;

PulseJson pulse_document_of(const Item& item);
// The request's JSON object. Refuses with 400000.
PulseJson pulse_request(const Call& call);
std::string pulse_text(const PulseJson& object, std::initializer_list<const char*> path);  // "" where it is not there

// {"<list>": [...], "next_page_token", "offset", "total_available"}
Reply pulse_list(const Call& call, const std::string& list, const std::vector<const Item*>& items,
                 const std::function<PulseJson(const Item&)>& json_of);
// The same of those that the call names, in its query (a,b) or its body; what cannot be found or seen is left out
// [INF].
Reply pulse_batch(const Call& call, const std::string& list, const std::string& parameter,
                  const std::function<PulseJson(const std::string& id)>& json_of);

// What the user may see of Pulse: what is about a data source that he may see. Refuses with 404001, 403004.
const Item& pulse_definition_at(const Desk& desk, std::string_view id);
const Item& pulse_metric_at(const Desk& desk, std::string_view id);
bool sees_pulse(const Desk& desk, const Item& definition);

Item new_pulse_metric(const Item& definition, const PulseJson& specification, bool is_default);
PulseJson pulse_metric_of(const Desk& desk, const Item& metric);
void erase_pulse_metric(Desk& desk, const std::string& id);  // and who follows it

constexpr Terms kPulse{.since = 321, .feature = "pulse"};

}  // namespace tabferry::sim
