// Changing what is published
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_workbooks_and_views.htm#update_workbook and
// its sisters).
#include <algorithm>
#include <array>

#include "base/text.h"
#include "sim/content/content_type.h"
#include "sim/content/grants.h"
#include "sim/content/published.h"
#include "sim/content/publishing.h"
#include "sim/content/views_of.h"
#include "sim/core/access.h"
#include "sim/core/kinds.h"

namespace tabferry::sim {
namespace {

void check_names(Kind kind, const Node& asked) {
  if (kind == Kind::workbook)
    expect_only(asked, {"name", "showTabs", "description", "encryptExtracts"},
                {"project", "owner", "views", "dataAccelerationConfig", "dataFreshnessPolicy"});
  else if (kind == Kind::datasource)
    expect_only(asked,
                {"name", "description", "isCertified", "certificationNote", "encryptExtracts", "useRemoteQueryAgent"},
                {"project", "owner", "askData"});
  else
    expect_only(asked, {"name", "description"}, {"project", "owner"});
}

void take_texts(Item& item, const Node& asked) {
  for (const char* text : {"description", "certificationNote"})
    if (const auto value = asked.attribute(text)) item.set(text, *value);
}

void take_flags(Item& item, const Node& asked) {
  for (const char* flag : {"showTabs", "encryptExtracts", "isCertified", "useRemoteQueryAgent"}) {
    const auto value = asked.attribute(flag);
    if (value && !value->empty()) item.set_flag(flag, flag_of(*value, flag, 400003));
  }
}

std::string wanted_id(const Node& asked, std::string_view element) {
  const Node* reference = asked.child(element);
  return reference != nullptr ? reference->attribute_or("id", "") : "";
}

// The owner, an administrator.
void give_away(const Desk& desk, Item& item, const std::string& owner_id) {
  if (owner_id.empty() || base::equal_ignoring_case(owner_id, item.get("owner"))) return;
  const Item& owner = desk.site.at(Kind::user, owner_id);
  if (!is_site_admin(*desk.user) && item.get("owner") != desk.user->id())
    refuse(content_type_of(item.kind()).no_owner_change, "User '{}' may not change the owner of '{}'.",
           desk.user->get("name"), item.get("name"));
  item.set("owner", owner.id());
}

void move(const Desk& desk, Item& item, const std::string& project_id) {
  if (project_id.empty() || base::equal_ignoring_case(project_id, item.get("project"))) return;
  const Item& project = desk.site.at(Kind::project, project_id);
  require(desk.site, *desk.user, project, "Write", content_type_of(item.kind()).no_update);
  item.set("project", project.id()).remove_part("location");
}

// Another item of this kind may not have the name in the place where it stands now.
void rename(const Desk& desk, Item& item, const std::optional<std::string>& name) {
  if (name && !base::trim(*name).empty()) item.set("name", base::trim(*name));
  if (!item.has("project")) return;
  const Item* other = find_content(desk.site, item.kind(), item.get("project"), item.get("name"));
  if (other != nullptr && other->id() != item.id())
    refuse(content_type_of(item.kind()).name_taken, "There is a {} named '{}' in the project already.",
           rule_of(item.kind()).element, item.get("name"));
}

Node with_lists_marked(Node policy) {
  for (auto& schedule : policy.children) {
    if (schedule.name != "freshAtSchedule") continue;
    if (schedule.child("intervals") == nullptr) schedule.add(Node("intervals"));  // the schema wants it
    for (auto& child : schedule.children) child.as_list();
  }
  return policy;
}

void take_freshness(Item& item, const Node& asked) {
  static constexpr std::array<std::string_view, 4> kOptions = {"SiteDefault", "AlwaysLive", "FreshEvery", "FreshAt"};
  const Node* policy = asked.child("dataFreshnessPolicy");
  if (policy == nullptr) return;
  expect_only(*policy, {"option"}, {"freshEverySchedule", "freshAtSchedule"});
  const std::string option = policy->attribute_or("option", "");
  if (std::find(kOptions.begin(), kOptions.end(), option) == kOptions.end())
    refuse(400003, "'{}' is no option of a data freshness policy.", option);
  const bool is_whole = option == "FreshEvery" ? policy->child("freshEverySchedule") != nullptr
                        : option == "FreshAt"  ? policy->child("freshAtSchedule") != nullptr
                                               : true;
  if (!is_whole) refuse(400003, "The data freshness policy '{}' needs its schedule.", option);
  item.put_part(with_lists_marked(*policy));
}

void check_views(const Desk& desk, const Item& item, const Node& asked) {
  if (const Node* views = asked.child("views"))
    for (const auto& view : views->children)
      if (desk.site.at(Kind::view, view.attribute_or("id", "")).get("workbook") != item.id())
        refuse(404011, "View '{}' could not be found in the workbook.", view.attribute_or("id", ""));
}

}  // namespace

Reply update_content(Desk& desk, const Call& call, Kind kind) {
  const Node asked = call.request(rule_of(kind).element);
  check_names(kind, asked);
  Item item = desk.site.at(kind, call.parameter("id"));
  require(desk.site, *desk.user, item, "Write", content_type_of(kind).no_update);
  check_views(desk, item, asked);
  take_texts(item, asked);
  take_flags(item, asked);
  take_freshness(item, asked);
  give_away(desk, item, wanted_id(asked, "owner"));
  move(desk, item, wanted_id(asked, "project"));
  rename(desk, item, asked.attribute("name"));
  const auto rules = rules_in_force(desk.site, desk.site.at(kind, item.id()));
  const Item& changed = desk.site.put(std::move(item.set("updatedAt", desk.now)));
  settle(desk.site, rules);
  if (kind == Kind::workbook) follow_workbook(desk, changed);
  return {.payload = {node_of_content(desk, changed)}};
}

}  // namespace tabferry::sim
