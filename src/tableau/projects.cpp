#include "tableau/projects.h"

#include <algorithm>
#include <map>
#include <set>

#include "base/error.h"
#include "base/text.h"
#include "tableau/json_text.h"
#include "tableau/paging.h"

using tabferry::base::ErrorKind;

namespace tabferry::tableau {
namespace {

constexpr size_t kMaxCandidates = 20;

struct Node {
  std::string name;
  std::string parent_id;
};

std::string replaced(std::string text, std::string_view what, std::string_view by) {
  for (size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size())
    text.replace(at, what.size(), by);
  return text;
}

// A parent that we may not see ends the path, and so does a project that is its own ancestor.
std::string path_of(std::string id, const std::map<std::string, Node>& nodes) {
  std::set<std::string> seen;
  std::string path;
  for (auto node = nodes.find(id); node != nodes.end() && seen.insert(node->first).second;
       node = nodes.find(node->second.parent_id))
    path = replaced(node->second.name, "/", "\\/") + (path.empty() ? "" : "/") + path;
  return path;
}

using Matches = std::vector<const Project*>;

template <class Rule>
Matches matching(const std::vector<Project>& projects, Rule rule) {
  Matches found;
  for (const auto& project : projects)
    if (rule(project)) found.push_back(&project);
  return found;
}

std::string listed(const Matches& projects) {
  std::vector<std::string> paths;
  for (const auto* project : projects) paths.push_back(base::quoted(project->path, 200));
  std::sort(paths.begin(), paths.end());
  const size_t more = paths.size() - std::min(paths.size(), kMaxCandidates);
  paths.resize(paths.size() - more);
  return base::join(paths, ", ") + (more > 0 ? fmt::format(" and {} more", more) : "");
}

[[noreturn]] void fail_not_found(const std::vector<Project>& projects, std::string_view wanted) {
  std::vector<std::string_view> words;
  for (const auto& project : projects) words.insert(words.end(), {project.path, project.name});
  const auto near = base::nearest(wanted, words);
  const Matches all = matching(projects, [](const Project&) { return true; });
  base::fail(ErrorKind::not_found, "there is no project {} that this user can see.{} {}", base::quoted(wanted, 200),
             near ? fmt::format(" Did you mean {}?", base::quoted(*near, 200)) : "",
             all.empty() ? "It can see none at all" : "Projects: " + listed(all));
}

}  // namespace

std::vector<Project> list_projects(Lane& lane, std::stop_token stop) {
  std::map<std::string, Node> nodes;
  std::vector<Project> projects;
  for_each_item(lane,
                {.doing = "listing the projects", .path = "projects", .wrapper = "projects", .item = "project"}, stop,
                [&](const doc::Json& item) {
                  projects.push_back({.id = text_at(item, "id"), .name = text_at(item, "name")});
                  nodes[projects.back().id] = {.name = projects.back().name,
                                               .parent_id = text_at(item, "parentProjectId")};
                });
  for (auto& project : projects) project.path = path_of(project.id, nodes);
  return projects;
}

// A path is more than a name: were it the other way round, a project at the top could not be named where another
// project of that name lies deeper.
const Project& find_project(const std::vector<Project>& projects, std::string_view wanted) {
  const std::string name = replaced(std::string(wanted), "\\/", "/");
  const Matches attempts[] = {
      matching(projects, [&](const Project& project) { return project.path == wanted; }),
      matching(projects, [&](const Project& project) { return base::equal_ignoring_case(project.path, wanted); }),
      matching(projects, [&](const Project& project) { return project.name == name; }),
      matching(projects, [&](const Project& project) { return base::equal_ignoring_case(project.name, name); }),
  };
  for (const auto& found : attempts) {
    if (found.size() == 1) return *found.front();
    if (found.size() > 1)
      base::fail(ErrorKind::conflict, "{} projects are named {}: {}. Write the full path of the one you mean",
                 found.size(), base::quoted(wanted, 200), listed(found));
  }
  fail_not_found(projects, wanted);
}

}  // namespace tabferry::tableau
