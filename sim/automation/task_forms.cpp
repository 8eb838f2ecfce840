#include "base/text.h"
#include "sim/automation/schedule_forms.h"
#include "sim/automation/tasks.h"
#include "sim/core/access.h"
#include "sim/core/kinds.h"
#include "sim/core/render.h"

namespace tabferry::sim {
namespace {

std::string_view element_of(const Item& task) {
  if (task.get("type") == kAcceleration) return "dataAcceleration";
  return rule_of(task.kind()).element;
}

// What the run gives and takes. The flow's file is not looked into: one output [INF].
Node run_spec(const Item& task, const Item& flow) {
  Node steps("flowOutputSteps");
  steps.as_list().add(Node("flowOutputStep").with("id", task.id()).with("name", "Output"));
  Node spec("flowRunSpec");
  spec.with("flowId", flow.id()).add(std::move(steps));
  return spec.add(Node("flowParameterSpecs").as_list());
}

}  // namespace

Item make_task(const std::string& id, const Item& content, std::string_view type) {
  const bool is_flow = content.kind() == Kind::flow;
  Item task(is_flow ? Kind::flow_task : Kind::extract_task, id);
  task.set("content", content.id()).set("contentType", rule_of(content.kind()).element).set("type", type);
  return task.set("priority", "50").set("consecutiveFailedCount", "0");
}

Kind content_kind(std::string_view content_type, int code) {
  for (const Kind kind : {Kind::workbook, Kind::datasource, Kind::flow, Kind::view})
    if (base::equal_ignoring_case(rule_of(kind).element, content_type)) return kind;
  refuse(code, "'{}' is no type of content that this can be about.", content_type);
}

const Item* content_of(const Site& site, const Item& task) {
  return site.find(content_kind(task.get("contentType"), 400003), task.get("content"));
}

std::vector<const Item*> visible_tasks(const Desk& desk, Kind kind) {
  Rights rights(desk.site, *desk.user);
  std::vector<const Item*> tasks;
  for (const auto& [id, task] : desk.site.all(kind)) {
    const Item* content = content_of(desk.site, task);
    if (content != nullptr && (is_site_admin(*desk.user) || rights.may(*content, "Write"))) tasks.push_back(&task);
  }
  return tasks;
}

Node node_of_task(const Desk& desk, const Item& task) {
  const Item* content = content_of(desk.site, task);
  Node node = rendered(desk.site, task, Detail::listed);
  node.name = element_of(task);
  if (task.get("type") == kAcceleration)
    std::erase_if(node.attributes, [](const Node::Attribute& attribute) { return attribute.name == "priority"; });
  if (task.has("schedule") || task.part("schedule") != nullptr) node.add(schedule_of(desk, task));
  const bool is_flow = task.kind() == Kind::flow_task;
  if (content != nullptr)
    node.add(reference(desk.site, content->kind(), task.get("contentType"), content->id(), is_flow ? "id name" : "id"));
  if (is_flow && content != nullptr) node.add(run_spec(task, *content));
  return node;
}

const Item& refreshable(const Desk& desk, const Node& reference) {
  const Item& content = desk.site.at(content_kind(reference.name, 400000), reference.attribute_or("id", ""));
  require(desk.site, *desk.user, content, "Write", 403004);
  return content;
}

}  // namespace tabferry::sim
