#include "sim/content/grants.h"

#include <algorithm>

#include "sim/content/capabilities.h"
#include "sim/content/projects.h"
#include "sim/core/access.h"

namespace tabferry::sim {
namespace {

Node new_rule(const Grant& grant) {
  Node rule("granteeCapabilities");
  return rule.add(Node(grant.grantee).with("id", grant.id)).add(Node("capabilities").as_list());
}

bool is_for(const Node& rule, const Grant& grant) {
  return rule.children.size() == 2 && rule.children[0].name == grant.grantee &&
         rule.children[0].attribute("id") == grant.id;
}

auto named(const Grant& grant) {
  return [&grant](const Node& capability) { return capability.attribute("name") == grant.capability; };
}

Item rules_under(const Site& site, const std::string& key) {
  const Item* known = site.find(Kind::permissions, key);
  return known != nullptr ? *known : Item(Kind::permissions, key);
}

void put_rules(Site& site, Item item, std::vector<Node> rules) {
  item.remove_part("granteeCapabilities");
  for (auto& rule : rules)
    if (!rule.children[1].children.empty()) item.add_part(std::move(rule));
  if (item.parts().empty())
    site.erase(Kind::permissions, item.id());
  else
    site.put(std::move(item));
}

// What All Users have on a new site [INF in its details]: they see, use and publish.
std::vector<std::string_view> first_capabilities(std::string_view list) {
  if (list == "projects") return {"Read", "Write"};
  if (list == "workbooks")
    return {"Read",       "Filter",    "ViewComments",       "AddComment",   "ExportImage",
            "ExportData", "ShareView", "ViewUnderlyingData", "WebAuthoring", "RunExplainData"};
  if (list == "datasources" || list == "virtualconnections") return {"Read", "Connect"};
  if (list == "flows" || list == "databases" || list == "tables" || list == "dataroles") return {"Read"};
  return {};
}

void give_first_rules(Site& site, const std::string& project_id) {
  const auto& groups = site.all(Kind::group);
  const auto everyone =
      std::find_if(groups.begin(), groups.end(), [](const auto& one) { return is_all_users(one.second); });
  if (everyone == groups.end()) return;
  for (const auto& list : ruled_lists())
    for (const auto capability : first_capabilities(list.list))
      add_grant(site, list.kind == Kind::project ? "project/" + project_id : defaults_key(project_id, list.list),
                {"group", everyone->first, std::string(capability), "Allow"});
}

// Leading is inherited, not copied.
void without_leaders(Site& site, const std::string& key) {
  Item item = rules_under(site, key);
  std::vector<Node> rules = item.parts();
  for (auto& rule : rules)
    std::erase_if(rule.children[1].children, [](const Node& one) { return one.attribute("name") == "ProjectLeader"; });
  put_rules(site, std::move(item), std::move(rules));
}

const Item* model_of(const Site& site, const Item& project) {
  const std::string& parent = project.get("parentProjectId");
  const Item* model = parent.empty() ? find_project(site, "", "default") : site.find(Kind::project, parent);
  return model == nullptr || model->id() == project.id() || site.find(Kind::permissions, rules_key(*model)) == nullptr
             ? nullptr
             : model;
}

void give_project_rules(Site& site, const Item& project) {
  if (controlling_parent(site, project) != nullptr) return;
  const Item* model = model_of(site, project);
  if (model == nullptr) return give_first_rules(site, project.id());
  copy_rules(site, rules_key(*model), rules_key(project));
  without_leaders(site, rules_key(project));
  for (const auto& list : ruled_lists())
    if (list.defaults_since > 0)
      copy_rules(site, defaults_key(model->id(), list.list), defaults_key(project.id(), list.list));
}

// The key that decides now, and the one that it would have of its own.
std::pair<std::string, std::string> keys_of(const Site& site, const Item& item, const std::string& list) {
  if (list.empty()) return {ruling_key(site, item), rules_key(item)};
  const Item* locked = controlling_parent(site, item);
  return {defaults_key(locked != nullptr ? locked->id() : item.id(), list), defaults_key(item.id(), list)};
}

void add_in_force(const Site& site, const Item& item, std::vector<InForce>& all) {
  all.push_back({item.kind(), item.id(), "", keys_of(site, item, "").first});
  for (const Item* view : site.children(Kind::view, item.id())) add_in_force(site, *view, all);
  if (item.kind() != Kind::project) return;
  for (const auto& list : ruled_lists())
    if (list.defaults_since > 0)
      all.push_back(
          {item.kind(), item.id(), std::string(list.list), keys_of(site, item, std::string(list.list)).first});
  for (const auto& list : ruled_lists())
    for (const Item* child : site.children(list.kind, item.id())) add_in_force(site, *child, all);
}

}  // namespace

void add_grant(Site& site, const std::string& key, const Grant& grant) {
  Item item = rules_under(site, key);
  std::vector<Node> rules = item.parts();
  auto rule = std::find_if(rules.begin(), rules.end(), [&](const Node& one) { return is_for(one, grant); });
  if (rule == rules.end()) rule = rules.insert(rules.end(), new_rule(grant));
  auto& capabilities = rule->children[1];
  if (std::any_of(capabilities.children.begin(), capabilities.children.end(), named(grant))) return;
  capabilities.add(Node("capability").with("name", grant.capability).with("mode", grant.mode));
  put_rules(site, std::move(item), std::move(rules));
}

Taken take_grant(Site& site, const std::string& key, const Grant& grant) {
  Item item = rules_under(site, key);
  std::vector<Node> rules = item.parts();
  for (auto& rule : rules) {
    if (!is_for(rule, grant)) continue;
    auto& capabilities = rule.children[1].children;
    const auto at = std::find_if(capabilities.begin(), capabilities.end(), named(grant));
    if (at == capabilities.end()) break;
    if (at->attribute("mode") != grant.mode) return Taken::other_mode;
    capabilities.erase(at);
    put_rules(site, std::move(item), std::move(rules));
    return Taken::yes;
  }
  return Taken::not_there;
}

void copy_rules(Site& site, const std::string& from, const std::string& to) {
  const Item* source = site.find(Kind::permissions, from);
  if (source == nullptr) return site.erase(Kind::permissions, to);
  put_rules(site, Item(Kind::permissions, to), source->parts());
}

void give_defaults(Site& site, const Item& item) {
  if (item.kind() == Kind::project) return give_project_rules(site, item);
  const std::string& project = item.get("project");
  const RuledList* list = ruled_list_of(item.kind());
  if (list == nullptr || project.empty() || controlling_project(site, project) != nullptr) return;
  copy_rules(site, defaults_key(project, list->list), rules_key(item));
}

void forget_grants(Site& site, const Item& item) {
  site.erase(Kind::permissions, rules_key(item));
  if (item.kind() != Kind::project) return;
  for (const auto& list : ruled_lists()) site.erase(Kind::permissions, defaults_key(item.id(), list.list));
}

std::vector<InForce> rules_in_force(const Site& site, const Item& item) {
  std::vector<InForce> all;
  add_in_force(site, item, all);
  return all;
}

void settle(Site& site, const std::vector<InForce>& before) {
  for (const auto& one : before) {
    const Item* item = site.find(one.kind, one.id);
    if (item == nullptr) continue;
    const auto [ruling, own] = keys_of(site, *item, one.list);
    const bool is_view = one.kind == Kind::view;  // has rules of its own only where somebody gave it some
    if (ruling != own && !(is_view && !site.find(Kind::permissions, own)))
      site.erase(Kind::permissions, own);
    else if (ruling == own && one.ruling != own)
      copy_rules(site, one.ruling, own);
  }
}

}  // namespace tabferry::sim
