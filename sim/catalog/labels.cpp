// Labels on assets (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_metadata.htm and
// rest_api_concepts_data_labels.htm). An asset has at most one label of a value.
#include <algorithm>

#include "base/text.h"
#include "sim/catalog/assets.h"
#include "sim/catalog/label_values.h"
#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

std::vector<const Item*> assets_in(const Desk& desk, const Node& root) {
  const Node* list = root.child("contentList");
  if (list == nullptr || list->children.empty())
    refuse(400000, "Payload is either malformed or incomplete. Missing element: contentList");
  std::vector<const Item*> assets;
  for (const auto& content : list->children) {
    expect_only(content, {"id", "contentType"}, {});
    assets.push_back(&asset_at(desk, content.attribute_or("contentType", ""), content.attribute_or("id", "")));
  }
  return assets;
}

bool is_wanted(const Call& call, const Item& label) {
  const auto categories = call.query_value("categories");
  if (!categories || categories->empty()) return true;
  const auto names = base::split(*categories, ',');
  return std::any_of(names.begin(), names.end(), [&](auto name) { return base::trim(name) == label.get("category"); });
}

Reply list_of(const Desk& desk, const std::vector<const Item*>& labels) {
  Node list("labelList");
  list.as_list();
  for (const Item* label : labels) list.add(rendered(desk.site, *label, Detail::single));
  return {.payload = {std::move(list)}};
}

Reply query_labels(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"contentList"});
  std::vector<const Item*> found;
  for (const Item* asset : assets_in(desk, root))
    for (const Item* label : desk.site.children(Kind::label, asset->id()))
      if (is_wanted(call, *label)) found.push_back(label);
  return list_of(desk, found);
}

Item labelled(const Desk& desk, const Item& asset, const Node& asked) {
  Item label(Kind::label, make_luid());
  const std::string value = asked.attribute_or("value", "");
  for (const Item* known : desk.site.children(Kind::label, asset.id()))
    if (known->get("value") == value) label = *known;
  label.set("value", value).set("category", category_of_value(desk.site, value));
  if (const auto message = asked.attribute("message")) label.set("message", *message);
  label.set_flag("active", asked_flag(asked, "active", 400000).value_or(!label.has("active") || label.flag("active")));
  label.set_flag("elevated", asked_flag(asked, "elevated", 400000).value_or(label.flag("elevated")));
  sign(desk, label, asset, rule_of(asset.kind()).element);
  return label;
}

Reply put_labels(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  expect_only(root, {}, {"contentList", "label"});
  const Node& asked = needed_child(root, "label");
  expect_only(asked, {"value", "category", "message", "active", "elevated"}, {});
  const std::string value = asked.attribute_or("value", "");
  if (!is_label_value(desk.site, value)) refuse(400003, "'{}' is no label value of this site.", value);
  std::vector<const Item*> put;
  for (const Item* asset : assets_in(desk, root)) {
    require_say(desk, *asset);
    put.push_back(&desk.site.put(labelled(desk, *asset, asked)));
  }
  return list_of(desk, put);
}

// Those of the wanted categories; where none are named, all.
Reply delete_labels(Desk& desk, const Call& call) {
  const Node root = parse_request_root(call.document, call.request_language());
  std::vector<std::string> gone;
  for (const Item* asset : assets_in(desk, root)) {
    require_say(desk, *asset);
    for (const Item* label : desk.site.children(Kind::label, asset->id()))
      if (is_wanted(call, *label)) gone.push_back(label->id());
  }
  for (const auto& id : gone) desk.site.erase(Kind::label, id);
  return {.status = 204};
}

const Item& label_at(const Desk& desk, const Call& call) {
  const Item& label = desk.site.at(Kind::label, call.parameter("id"));
  asset_at(desk, label.get("contentType"), label.get("contentId"));
  return label;
}

Reply query_label(Desk& desk, const Call& call) { return single(desk, label_at(desk, call)); }

Reply delete_label(Desk& desk, const Call& call) {
  const Item& label = label_at(desk, call);
  require_say(desk, asset_at(desk, label.get("contentType"), label.get("contentId")));
  desk.site.erase(Kind::label, std::string(label.id()));
  return {.status = 204};
}

constexpr Terms kTerms{.since = 320, .feature = "data-management"};

}  // namespace

std::vector<Route> label_routes() {
  return {{"POST", "sites/{site}/labels", query_labels, kTerms},
          {"PUT", "sites/{site}/labels", put_labels, kTerms},
          {"DELETE", "sites/{site}/labels", delete_labels, kTerms},
          {"GET", "sites/{site}/labels/{id}", query_label, kTerms},
          {"DELETE", "sites/{site}/labels/{id}", delete_label, kTerms}};
}

}  // namespace tabferry::sim
