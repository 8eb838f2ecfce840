#include "sim/query.h"
#include "sim/routes.h"

namespace tabferry::sim {
namespace {

Node node_of(const Project& project) {
  Node node("project");
  node.with("id", project.id).with("name", project.name).with("description", project.description);
  node.with("createdAt", project.created_at).with("updatedAt", project.updated_at);
  node.with("contentPermissions", "ManagedByOwner");
  if (!project.parent_id.empty()) node.with("parentProjectId", project.parent_id);
  node.add(Node("owner").with("id", project.owner_id));
  return node;
}

const Fields<Project> kFields = {
    {"name", [](const Project& p) { return p.name; }},
    {"createdAt", [](const Project& p) { return p.created_at; }},
    {"updatedAt", [](const Project& p) { return p.updated_at; }},
    {"parentProjectId", [](const Project& p) { return p.parent_id; }},
    {"topLevelProject", [](const Project& p) { return std::string(p.parent_id.empty() ? "true" : "false"); }},
};

Reply query_projects(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const auto selection = select(world.state.projects, call, kFields);
    Node list("projects");
    list.as_list();
    for (const Project* project : selection.items) list.add(node_of(*project));
    return {.payload = {selection.pagination, list}};
  });
}

}  // namespace

std::vector<Route> project_routes() { return {{"GET", "sites/{site}/projects", query_projects}}; }

}  // namespace tabferry::sim
