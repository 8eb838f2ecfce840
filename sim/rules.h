// The rules by which the site's state changes. They work on the values alone: no locks, no files, no requests.
// A rule that is broken is a Refusal with Tableau's code, and leaves the state as it was.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "sim/state.h"

namespace tabferry::sim {

// A site `demo` with the administrator admin / admin, the token demo / demo-secret, the projects default and
// Finance/Daily.
State make_demo_site(base::WallTime now);

// "Finance/Daily" is {"Finance", "Daily"}; a slash in a name is written "\/". Throws Error{usage} where a name is
// empty.
std::vector<std::string> parse_project_path(std::string_view path);
// Adds what is missing of the path; all belongs to the first user. Returns the id of the innermost project.
std::string ensure_project(State& state, const std::vector<std::string>& names, base::WallTime now);

const Project& project_by_id(const State& state, const std::string& id);         // refuses with 404005
const Datasource& datasource_by_id(const State& state, const std::string& id);   // refuses with 404004
std::string default_project_id(const State& state);

// A name in a project is one name whatever its case.
const Datasource* find_datasource(const State& state, const std::string& project_id, std::string_view name);

// Letters and digits, '-' and '_' of the name; with "_<number>" behind it where another data source has it already.
std::string free_content_url(const State& state, std::string_view name);

// May this be published? Refuses with 404005 (no such project) or 403007 (it exists, and overwrite was not said).
void check_order(const State& state, const PublishOrder& order);

// What a publish did.
struct Published {
  std::string datasource_id;
  std::string replaced_file;   // the content file that nothing names any more; "" where none was replaced
};
// Creates or overwrites. An overwrite keeps id, content URL and creation time; the publisher becomes the owner.
Published publish(State& state, const PublishOrder& order, base::WallTime now);

// Carries out what a running job has to do and closes it. Returns the content file that nothing names any more, or "".
std::string finish_job(State& state, Job& job, base::WallTime now);

}  // namespace tabferry::sim
