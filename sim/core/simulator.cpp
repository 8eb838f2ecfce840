#include "sim/core/simulator.h"

#include <charconv>

#include "base/error.h"
#include "base/text.h"
#include "sim/content/projects.h"
#include "sim/core/demo.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

constexpr int kNewestApi = 329;

std::set<std::string> running_jobs_of(const Site& site) {
  std::set<std::string> ids;
  for (const auto& [id, job] : site.all(Kind::job))
    if (!job.has("completedAt")) ids.insert(id);
  return ids;
}

std::set<std::string> files_of(const Site& site) {
  std::set<std::string> names;
  for (const auto& [name, uses] : site.files()) names.insert(name);
  return names;
}

}  // namespace

std::chrono::minutes idle_limit(const SimulatorOptions& options) {
  if (options.session_minutes > 0) return std::chrono::minutes(options.session_minutes);
  return std::chrono::minutes(options.profile == Profile::cloud ? 120 : 240);
}

int parse_api_version(const std::string& text) {
  int minor = 0;
  const char* end = text.data() + text.size();
  const bool is_three = text.starts_with("3.");
  const auto [stop, error] = std::from_chars(text.data() + std::min<size_t>(2, text.size()), end, minor);
  if (!is_three || error != std::errc{} || stop != end || minor < 0 || 300 + minor > kNewestApi)
    base::fail(base::ErrorKind::usage, "{} is no version from 3.0 to 3.{}", base::quoted(text), kNewestApi - 300);
  return 300 + minor;
}

std::vector<std::string> features() { return {"data-management", "metadata", "pulse", "flows", "collections"}; }

Simulator::Simulator(const std::filesystem::path& path, SimulatorOptions opts, const base::Clock& clock)
    : options(std::move(opts)),
      folder(path),
      faults(options.fault_seed),
      clock_(clock),
      world_{{}, {}, Uploads(folder), {}},
      journal_(folder.journal_path()) {
  faults.add(options.faults);
  Site& site = world_.site;
  if (!journal_.load(site)) {
    if (folder.has_files())
      base::fail(
          base::ErrorKind::refused,
          "{} holds published files but no site (site.jsonl): another version's, or damaged. Nothing was changed; "
          "give tabferry-sim a folder of its own",
          base::quoted(path.string(), 400));
    make_demo_site(site, options.profile, now_text());
    journal_.rewrite(site);
  }
  change([&](World& world) {
    for (const auto& project : options.projects) ensure_project(world.site, parse_project_path(project), now_text());
    for (const auto& user : options.users) ensure_user(world.site, parse_user(user));
  });
  folder.keep_only(files_of(site));
  world_.running_jobs = running_jobs_of(site);
}

void Simulator::keep_changes() {
  Site& site = world_.site;
  if (site.changes().empty()) return;
  journal_.append(site, site.changes());
  for (const auto& change : site.commit())
    if (change.before && !site.files().contains(change.before->get("_file")))
      folder.remove(change.before->get("_file"));
}

}  // namespace tabferry::sim
