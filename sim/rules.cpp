#include "sim/rules.h"

#include "base/hash.h"
#include "base/text.h"
#include "sim/ids.h"
#include "sim/refusal.h"

namespace tabferry::sim {
namespace {

Project* find_project(State& state, const std::string& parent_id, std::string_view name) {
  for (auto& [id, project] : state.projects)
    if (project.parent_id == parent_id && base::equal_ignoring_case(project.name, name)) return &project;
  return nullptr;
}

bool content_url_is_taken(const State& state, std::string_view url) {
  for (const auto& [id, datasource] : state.datasources)
    if (base::equal_ignoring_case(datasource.content_url, url)) return true;
  return false;
}

Datasource new_datasource(State& state, const PublishOrder& order, const std::string& now) {
  Datasource made;
  made.id = make_luid();
  made.name = order.name;
  made.content_url = free_content_url(state, order.name);
  made.created_at = now;
  made.number = ++state.last_number;
  return made;
}

}  // namespace

State make_demo_site(base::WallTime now) {
  State state;
  state.site_id = make_luid();
  state.site_name = state.site_content_url = "demo";
  const User admin{make_luid(), "admin", "Demo Administrator", "SiteAdministratorCreator", base::sha256_hex("admin")};
  state.users[admin.id] = admin;
  state.access_tokens["demo"] = {"demo", base::sha256_hex("demo-secret"), admin.id};
  ensure_project(state, {"default"}, now);
  ensure_project(state, {"Finance", "Daily"}, now);
  return state;
}

std::vector<std::string> parse_project_path(std::string_view path) {
  std::vector<std::string> names(1);
  for (size_t i = 0; i < path.size(); ++i) {
    const bool escaped = path[i] == '\\' && i + 1 < path.size() && path[i + 1] == '/';
    if (escaped) names.back() += path[++i];
    else if (path[i] == '/') names.emplace_back();
    else names.back() += path[i];
  }
  for (const auto& name : names)
    if (base::trim(name).empty())
      base::fail(base::ErrorKind::usage, "the project path {} has an empty name in it", base::quoted(path));
  return names;
}

std::string ensure_project(State& state, const std::vector<std::string>& names, base::WallTime now) {
  std::string parent_id;
  const std::string time = base::iso_time(now);
  for (const auto& name : names) {
    if (const Project* known = find_project(state, parent_id, name)) {
      parent_id = known->id;
      continue;
    }
    const Project made{make_luid(), name, "", parent_id, state.users.begin()->first, time, time};
    state.projects[made.id] = made;
    parent_id = made.id;
  }
  return parent_id;
}

const Project& project_by_id(const State& state, const std::string& id) {
  const auto at = state.projects.find(base::lower(id));
  if (at == state.projects.end()) refuse(404005, "Project '{}' could not be found.", id);
  return at->second;
}

const Datasource& datasource_by_id(const State& state, const std::string& id) {
  const auto at = state.datasources.find(base::lower(id));
  if (at == state.datasources.end()) refuse(404004, "Datasource '{}' could not be found.", id);
  return at->second;
}

std::string default_project_id(const State& state) {
  for (const auto& [id, project] : state.projects)
    if (project.parent_id.empty() && base::equal_ignoring_case(project.name, "default")) return id;
  refuse(404005, "Project 'default' could not be found.");
}

const Datasource* find_datasource(const State& state, const std::string& project_id, std::string_view name) {
  for (const auto& [id, datasource] : state.datasources)
    if (datasource.project_id == project_id && base::equal_ignoring_case(datasource.name, name)) return &datasource;
  return nullptr;
}

std::string free_content_url(const State& state, std::string_view name) {
  std::string url;
  for (const char c : name)
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_') url += c;
  if (url.empty()) url = "Datasource";   // a name in another script
  if (!content_url_is_taken(state, url)) return url;
  for (uint64_t number = state.last_number + 1;; ++number) {
    const std::string candidate = fmt::format("{}_{}", url, number);
    if (!content_url_is_taken(state, candidate)) return candidate;
  }
}

void check_order(const State& state, const PublishOrder& order) {
  project_by_id(state, order.project_id);
  if (!order.overwrite && find_datasource(state, order.project_id, order.name) != nullptr)
    refuse(403007, "A data source named '{}' already exists in this project and overwrite was not requested.",
           order.name);
}

Published publish(State& state, const PublishOrder& order, base::WallTime now) {
  check_order(state, order);
  const std::string time = base::iso_time(now);
  const Datasource* known = find_datasource(state, order.project_id, order.name);
  Datasource item = known != nullptr ? *known : new_datasource(state, order, time);
  Published done{item.id, item.content_file};
  item.description = order.description;
  item.project_id = order.project_id;
  item.owner_id = order.owner_id;
  item.file_type = order.file_type;
  item.content_file = order.content_file;
  item.size_bytes = order.size_bytes;
  item.use_remote_query_agent = order.use_remote_query_agent;
  item.updated_at = time;
  state.datasources[item.id] = item;
  return done;
}

std::string finish_job(State& state, Job& job, base::WallTime now) {
  if (!job.completed_at.empty()) return {};
  const PublishOrder order = std::exchange(job.order, std::nullopt).value_or(PublishOrder{});
  job.completed_at = base::iso_time(now);
  job.notes = job.planned_failure;
  if (job.notes.empty()) {
    try {
      return publish(state, order, now).replaced_file;
    } catch (const Refusal& refusal) {
      job.notes = refusal.detail();
    }
  }
  job.finish_code = 1;
  return order.content_file;
}

}  // namespace tabferry::sim
