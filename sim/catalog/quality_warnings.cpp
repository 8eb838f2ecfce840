// Data quality warnings (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_metadata.htm). One asset
// has at most one of each type: adding one again changes it [INF].
#include <algorithm>
#include <array>

#include "sim/catalog/assets.h"
#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr std::array<std::string_view, 5> kTypes = {"DEPRECATED", "WARNING", "STALE", "SENSITIVE_DATA", "MAINTENANCE"};

Node asked_in(const Call& call) {
  const Node asked = call.request("dataQualityWarning");
  expect_only(asked, {"type", "isActive", "isSevere", "message"}, {});
  if (const auto type = asked.attribute("type"); type && std::find(kTypes.begin(), kTypes.end(), *type) == kTypes.end())
    refuse(400003, "'{}' is no type of data quality warning.", *type);
  return asked;
}

const Item& asset_of(const Desk& desk, const Call& call) {
  return asset_at(desk, call.parameter("type"), call.parameter("id"));
}

std::vector<const Item*> warnings_on(const Site& site, const Item& asset) {
  return site.children(Kind::quality_warning, asset.id());
}

// The list as it is now; it has no pages.
Reply list_of(const Desk& desk, const std::vector<const Item*>& warnings, int status = 200) {
  Node list("dataQualityWarningList");
  list.as_list();
  for (const Item* warning : warnings) list.add(rendered(desk.site, *warning, Detail::single));
  return {.status = status, .payload = {std::move(list)}};
}

Item changed(const Desk& desk, Item warning, const Node& asked, const Item& asset, std::string_view content_type) {
  if (const auto type = asked.attribute("type")) warning.set("type", *type);
  if (const auto message = asked.attribute("message")) warning.set("message", *message);
  warning.set_flag(
      "isActive", asked_flag(asked, "isActive", 400000).value_or(!warning.has("isActive") || warning.flag("isActive")));
  warning.set_flag("isSevere", asked_flag(asked, "isSevere", 400000).value_or(warning.flag("isSevere")));
  sign(desk, warning, asset, content_type);
  return warning;
}

Reply query_warnings(Desk& desk, const Call& call) {
  return list_of(desk, warnings_on(desk.site, asset_of(desk, call)));
}

Reply add_warning(Desk& desk, const Call& call) {
  const Node asked = asked_in(call);
  const std::string type = needed_text(asked, "type");
  const Item& asset = asset_of(desk, call);
  require_say(desk, asset);
  Item warning(Kind::quality_warning, make_luid());
  for (const Item* known : warnings_on(desk.site, asset))
    if (known->get("type") == type) warning = *known;
  return list_of(desk,
                 {&desk.site.put(changed(desk, std::move(warning), asked, asset, rule_of(asset.kind()).element))});
}

// All warnings on the asset; of one type where the request names it and there are several.
Reply update_warnings(Desk& desk, const Call& call) {
  const Node asked = asked_in(call);
  const Item& asset = asset_of(desk, call);
  require_say(desk, asset);
  auto warnings = warnings_on(desk.site, asset);
  if (warnings.empty()) refuse(404001, "There is no data quality warning on '{}'.", asset.get("name"));
  const auto type = asked.attribute("type");
  if (warnings.size() > 1 && type) std::erase_if(warnings, [&](const Item* one) { return one->get("type") != *type; });
  if (warnings.empty())
    refuse(404001, "There is no data quality warning of type '{}' on '{}'.", *type, asset.get("name"));
  std::vector<const Item*> put;
  for (const Item* one : warnings)
    put.push_back(&desk.site.put(changed(desk, *one, asked, asset, rule_of(asset.kind()).element)));
  return list_of(desk, put);
}

Reply delete_warnings(Desk& desk, const Call& call) {
  const Item& asset = asset_of(desk, call);
  require_say(desk, asset);
  std::vector<std::string> gone;
  for (const Item* warning : warnings_on(desk.site, asset)) gone.push_back(warning->id());
  for (const auto& id : gone) desk.site.erase(Kind::quality_warning, id);
  return {.status = 204};
}

const Item& warning_at(const Desk& desk, const Call& call) {
  const Item& warning = desk.site.at(Kind::quality_warning, call.parameter("id"));
  asset_at(desk, warning.get("contentType"), warning.get("contentId"));
  return warning;
}

Reply query_warning(Desk& desk, const Call& call) { return single(desk, warning_at(desk, call)); }

Reply update_warning(Desk& desk, const Call& call) {
  const Node asked = asked_in(call);
  const Item& warning = warning_at(desk, call);
  const Item& asset = asset_at(desk, warning.get("contentType"), warning.get("contentId"));
  require_say(desk, asset);
  return single(desk, desk.site.put(changed(desk, warning, asked, asset, rule_of(asset.kind()).element)));
}

Reply delete_warning(Desk& desk, const Call& call) {
  const Item& warning = warning_at(desk, call);
  require_say(desk, asset_at(desk, warning.get("contentType"), warning.get("contentId")));
  desk.site.erase(Kind::quality_warning, std::string(warning.id()));
  return {.status = 204};
}

constexpr Terms kTerms{.since = 305, .feature = "data-management"};

}  // namespace

std::vector<Route> quality_warning_routes() {
  return {{"GET", "sites/{site}/dataQualityWarnings/{type}/{id}", query_warnings, kTerms},
          {"POST", "sites/{site}/dataQualityWarnings/{type}/{id}", add_warning, kTerms},
          {"PUT", "sites/{site}/dataQualityWarnings/{type}/{id}", update_warnings, kTerms},
          {"DELETE", "sites/{site}/dataQualityWarnings/{type}/{id}", delete_warnings, kTerms},
          {"GET", "sites/{site}/dataQualityWarnings/{id}", query_warning, kTerms},
          {"PUT", "sites/{site}/dataQualityWarnings/{id}", update_warning, kTerms},
          {"DELETE", "sites/{site}/dataQualityWarnings/{id}", delete_warning, kTerms}};
}

}  // namespace tabferry::sim
