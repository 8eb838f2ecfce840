#include "sim/content/project_node.h"

#include <algorithm>

#include "base/text.h"
#include "sim/core/query.h"

namespace tabferry::sim {
namespace {

constexpr std::string_view kTopLevel = "topLevelProject";

// All that is in it, not only what the user sees [INF].
Node counts_of(const Site& site, const Item& project) {
  uint64_t views = 0;
  const auto workbooks = site.children(Kind::workbook, project.id());
  for (const Item* workbook : workbooks) views += site.children(Kind::view, workbook->id()).size();
  Node counts("contentsCounts");
  counts.with_number("projectCount", site.children(Kind::project, project.id()).size());
  counts.with_number("workbookCount", workbooks.size()).with_number("viewCount", views);
  return counts.with_number("datasourceCount", site.children(Kind::datasource, project.id()).size());
}

void set_attribute(Node& node, std::string_view name, std::string_view value) {
  for (auto& attribute : node.attributes)
    if (attribute.name == name) attribute.value = value;
}

void show_more(const Site& site, Rights& rights, const Item& project, Node& node) {
  node.with_flag(kTopLevel, project.get("parentProjectId").empty());
  node.with_flag("writeable", rights.may(project, "Write"));
  for (auto& child : node.children)
    if (child.name == "owner")
      child = reference(site, Kind::user, "owner", project.get("owner"), "id name email fullName siteRole lastLogin");
  node.add(counts_of(site, project));
}

bool is_by_top_level(const Condition& condition) { return condition.field == kTopLevel; }

std::string text_of(const Condition& condition) {
  const std::string values = base::join(condition.values, ",");
  return fmt::format("{}:{}:{}", condition.field, condition.op, condition.op == "in" ? "[" + values + "]" : values);
}

}  // namespace

Node project_node(const Site& site, Rights& rights, const Item& project, Detail detail) {
  Node node = rendered(site, project, detail);
  if (const Item* locked = controlling_parent(site, project)) {
    set_attribute(node, "contentPermissions", "LockedToProject");
    node.with("controllingPermissionsProjectId", locked->id());
  }
  if (detail != Detail::listed) show_more(site, rights, project, node);
  return node;
}

std::vector<const Item*> of_top_level(const Call& call, std::vector<const Item*> projects) {
  for (const auto& condition : parse_filter(call.query_value("filter").value_or("")))
    if (is_by_top_level(condition))
      std::erase_if(projects, [&](const Item* one) {
        return !holds(condition, one->get("parentProjectId").empty() ? "true" : "false");
      });
  return projects;
}

Call without_top_level(const Call& call) {
  std::vector<std::string> left;
  for (const auto& condition : parse_filter(call.query_value("filter").value_or("")))
    if (!is_by_top_level(condition)) left.push_back(text_of(condition));
  Call rest = call;
  if (left.empty())
    rest.query.erase("filter");
  else
    rest.query["filter"] = base::join(left, ",");
  return rest;
}

}  // namespace tabferry::sim
