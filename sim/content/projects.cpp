// Projects (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_projects.htm).
#include "sim/content/projects.h"

#include "base/error.h"
#include "base/text.h"
#include "sim/content/erase.h"
#include "sim/content/grants.h"
#include "sim/content/project_node.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr int kSinceOwner = 321;

std::string first_administrator(const Site& site) {
  for (const auto& [id, user] : site.all(Kind::user))
    if (is_site_admin(user)) return id;
  base::fail(base::ErrorKind::corrupt, "the site has no administrator");
}

Item new_project(std::string_view parent_id, const std::string& name, const std::string& owner,
                 const std::string& now) {
  Item project(Kind::project, make_luid());
  project.set("name", name).set("description", "").set("createdAt", now).set("updatedAt", now);
  project.set("contentPermissions", "ManagedByOwner").set("owner", owner);
  return parent_id.empty() ? project : project.set("parentProjectId", parent_id);
}

const Item& put_new(Site& site, Item project) {
  const Item& made = site.put(std::move(project));
  give_defaults(site, made);
  return made;
}

bool is_default(const Item& project) {
  return project.get("parentProjectId").empty() && base::equal_ignoring_case(project.get("name"), "default");
}

// --- what is asked ---

Node asked_project(const Call& call) {
  const Node asked = call.request("project");
  expect_only(asked, {"name", "description", "contentPermissions", "parentProjectId"}, {"owner"});
  if (asked.child("owner") != nullptr && call.version < kSinceOwner)
    refuse(400000, "unexpected element (uri:\"\", local:\"owner\") in 'project'.");
  const auto locking = asked.attribute("contentPermissions");
  if (locking && *locking != "ManagedByOwner" && *locking != "LockedToProject" &&
      *locking != "LockedToProjectWithoutNested")
    refuse(400000, "Value '{}' is not facet-valid with respect to the enumeration of 'contentPermissions'.", *locking);
  call.query_flag("publishSamples");  // this site has no samples
  return asked;
}

// At the top only administrators make projects, below one those who lead it.
void check_may_make_in(const Desk& desk, const std::string& parent_id) {
  const bool may = parent_id.empty() ? is_site_admin(*desk.user)
                                     : Rights(desk.site, *desk.user).leads(desk.site.at(Kind::project, parent_id).id());
  if (!may) refuse(403045, "User '{}' may not create a project here.", desk.user->get("name"));
}

void check_name(const Site& site, const Item& project) {
  const std::string& name = project.get("name");
  if (base::trim(name).empty()) refuse(400000, "Payload is either malformed or incomplete. Missing attribute: name");
  for (const Item* other : site.children(Kind::project, project.get("parentProjectId")))
    if (other->id() != project.id() && base::equal_ignoring_case(other->get("name"), name))
      refuse(409006, "A project named '{}' already exists on the site.", name);
}

void take_owner(const Desk& desk, const Node& asked, Item& project) {
  const Node* owner = asked.child("owner");
  if (owner == nullptr) return;
  expect_only(*owner, {"id"}, {});
  const std::string id = desk.site.at(Kind::user, owner->attribute_or("id", "")).id();
  project.set("owner", id);
}

void take_texts(const Desk& desk, const Node& asked, Item& project) {
  if (const auto name = asked.attribute("name")) project.set("name", base::trim(*name));
  if (const auto text = asked.attribute("description")) project.set("description", *text);
  const auto locking = asked.attribute("contentPermissions");
  if (!locking) return;
  // Below a locked project there is nothing to choose.
  const Item* above = controlling_parent(desk.site, project);
  if (above != nullptr && *locking != "LockedToProject")
    refuse(403039, "Permissions of '{}' are locked by the project '{}'.", project.get("name"), above->get("name"));
  project.set("contentPermissions", *locking);
}

// --- moves ---

bool is_within(const Site& site, const std::string& project_id, const std::string& outer_id) {
  for (const Item* one = site.find(Kind::project, project_id); one != nullptr;
       one = site.find(Kind::project, one->get("parentProjectId")))
    if (one->id() == outer_id) return true;
  return false;
}

// "" moves to the top; absent leaves it where it is.
void take_parent(const Desk& desk, const Node& asked, Item& project) {
  const auto wanted = asked.attribute("parentProjectId");
  if (!wanted || base::lower(*wanted) == project.get("parentProjectId")) return;
  check_may_make_in(desk, *wanted);
  if (wanted->empty()) {
    project.unset("parentProjectId");
    return;
  }
  const std::string parent = desk.site.at(Kind::project, *wanted).id();
  if (is_within(desk.site, parent, project.id()))
    refuse(400003, "Project '{}' cannot be moved into itself.", project.get("name"));
  project.set("parentProjectId", parent);
}

bool differ(const Item& a, const Item& b) { return a.fields() != b.fields(); }

void keep_default(const Item& before, const Item& after) {
  if (is_default(before) && !is_default(after))
    refuse(403004, "The project '{}' can be neither renamed nor moved.", before.get("name"));
}

// --- requests ---

Reply query_projects(Desk& desk, const Call& call) {
  const Call rest = without_top_level(call);
  Rights rights(desk.site, *desk.user);
  return paged(desk, rest, Kind::project, of_top_level(call, visible_items(desk, Kind::project)),
               [&](const Item& project, Detail detail) { return project_node(desk.site, rights, project, detail); });
}

Reply one_project(Desk& desk, const Item& project, int status) {
  Rights rights(desk.site, *desk.user);
  return {.status = status, .payload = {project_node(desk.site, rights, project, Detail::single)}};
}

Reply create_project(Desk& desk, const Call& call) {
  const Node asked = asked_project(call);
  const std::string parent = asked.attribute_or("parentProjectId", "");
  check_may_make_in(desk, parent);
  const std::string parent_id = parent.empty() ? "" : desk.site.at(Kind::project, parent).id();
  Item project = new_project(parent_id, "", desk.user->id(), desk.now);
  take_texts(desk, asked, project);
  take_owner(desk, asked, project);
  check_name(desk.site, project);
  return one_project(desk, put_new(desk.site, std::move(project)), 201);
}

// An update that asks for nothing changes nothing: clients use it to look at one project, there being no other way.
Reply update_project(Desk& desk, const Call& call) {
  const Item& known = desk.site.at(Kind::project, call.parameter("id"));
  const Node asked = asked_project(call);
  if (!Rights(desk.site, *desk.user).leads(known.id()))
    refuse(403004, "User '{}' may not update the project '{}'.", desk.user->get("name"), known.get("name"));
  Item project = known;
  take_parent(desk, asked, project);
  take_texts(desk, asked, project);
  take_owner(desk, asked, project);
  keep_default(known, project);
  if (!differ(known, project)) return one_project(desk, known, 200);
  check_name(desk.site, project);
  const auto before = rules_in_force(desk.site, known);
  const Item& changed = desk.site.put(project.set("updatedAt", desk.now));
  settle(desk.site, before);
  return one_project(desk, changed, 200);
}

// With all that is in it.
void erase_project(Desk& desk, const Item& project) {
  const std::string id = project.id();
  for (const Item* nested : desk.site.children(Kind::project, id)) erase_project(desk, *nested);
  for (const Kind kind : {Kind::workbook, Kind::datasource, Kind::flow, Kind::virtual_connection})
    for (const Item* content : desk.site.children(kind, id)) erase_content(desk, *content);
  erase_content(desk, project);
}

Reply delete_project(Desk& desk, const Call& call) {
  const Item& project = desk.site.at(Kind::project, call.parameter("id"));
  if (is_default(project)) refuse(403004, "The project '{}' cannot be deleted.", project.get("name"));
  if (!Rights(desk.site, *desk.user).leads(project.id()))
    refuse(403004, "User '{}' may not delete the project '{}'.", desk.user->get("name"), project.get("name"));
  erase_project(desk, project);
  return {.status = 204};
}

}  // namespace

std::vector<std::string> parse_project_path(std::string_view path) {
  std::vector<std::string> names(1);
  for (size_t i = 0; i < path.size(); ++i) {
    const bool escaped = path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '/';
    if (escaped)
      names.back() += path[++i];
    else if (path[i] == '/')
      names.emplace_back();
    else
      names.back() += path[i];
  }
  for (const auto& name : names)
    if (base::trim(name).empty())
      base::fail(base::ErrorKind::usage, "the project path {} has an empty name in it", base::quoted(path));
  return names;
}

const Item* find_project(const Site& site, std::string_view parent_id, std::string_view name) {
  for (const Item* project : site.children(Kind::project, parent_id))
    if (base::equal_ignoring_case(project->get("name"), name)) return project;
  return nullptr;
}

std::string ensure_project(Site& site, const std::vector<std::string>& names, const std::string& now) {
  std::string parent_id;
  for (const auto& name : names) {
    const Item* known = find_project(site, parent_id, name);
    parent_id = known ? known->id() : put_new(site, new_project(parent_id, name, first_administrator(site), now)).id();
  }
  return parent_id;
}

std::string default_project_id(const Site& site) {
  if (const Item* project = find_project(site, "", "default")) return project->id();
  refuse(404005, "Project 'default' could not be found.");
}

std::vector<Route> project_routes() {
  return {{"GET", "sites/{site}/projects", query_projects},
          {"POST", "sites/{site}/projects", create_project},
          {"PUT", "sites/{site}/projects/{id}", update_project},
          {"DELETE", "sites/{site}/projects/{id}", delete_project}};
}

}  // namespace tabferry::sim
