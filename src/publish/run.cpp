#include "publish/run.h"

#include <algorithm>
#include <chrono>

#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"
#include "io/file.h"
#include "publish/packing.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::publish {
namespace {

// The extract is about a fifth of its CSV files; a tenth is what no run gets by with, and it is needed twice (package).
void check_disk(const Plan& plan, const fs::path& folder) {
  const uint64_t needed = plan.plain_bytes() / 5 + (uint64_t{16} << 20);
  const uint64_t free = io::free_disk_bytes(folder);
  if (free < needed)
    base::fail(ErrorKind::io,
               "building the extract of {} needs at least {} in {} and {} are free. Free some space, or set TMPDIR to "
               "a larger disk",
               base::quoted(plan.target.name), base::human_bytes(needed), folder.string(), base::human_bytes(free));
}

// The finished extract, in the work folder. The engine is gone when this returns.
void build(const Plan& plan, const RunOptions& options, const fs::path& work, const fs::path& hyper_file,
           Outcome& outcome, report::Reporter& reporter, std::stop_token stop) {
  Files first_files(plan.tables.front());  // a far store's first bytes come while the engine starts
  reporter.step("starting the Hyper engine");
  const auto engine = hyper::Engine::start({.program = options.engine_program, .folder = work}, stop);
  outcome.engine_version = engine.version();
  {
    auto session = engine.connect(stop);
    outcome.tables = build_extract(session, plan, first_files, hyper_file, reporter, stop);
  }
  outcome.engine_peak_bytes = engine.peak_memory_bytes();
  outcome.hyper_bytes = io::size_of(hyper_file);
}

void check_extract(const RunOptions& options, const fs::path& work, const fs::path& hyper_file, std::stop_token stop) {
  const auto verdict = hyper::validate(options.engine_program, hyper_file, work, stop);
  if (!verdict.valid)
    base::fail(ErrorKind::corrupt, "the engine does not accept the extract that it made: {}. Nothing was published",
               verdict.words);
}

fs::path keep(const fs::path& file, const fs::path& target) {
  if (target.has_parent_path()) io::make_folders(target.parent_path());
  io::move_file(file, target);
  return target;
}

// `uplink`: bytes a second to where the package goes; 0 where that is not known, or nowhere.
fs::path make_package(const Plan& plan, const fs::path& hyper_file, const fs::path& output, uint64_t uplink,
                      report::Reporter& reporter, std::stop_token stop) {
  const auto packing = choose_packing(plan.packing, hyper_file, uplink);
  if (!packing.why.empty()) reporter.step(packing.why);
  reporter.step(
      fmt::format("swapping the extract into {}", base::quoted(plan.swap_into->model.path.filename().string())));
  const report::Progress start{.step = "packaging", .total = packing.expected_bytes};
  package::swap(
      plan.swap_into->model, plan.swap_into->extract, hyper_file, output,
      [&](uint64_t done) {
        auto progress = start;
        progress.done = done;
        reporter.progress(progress);
      },
      stop, packing.compression);
  return output;
}

tableau::PublishResult publish(const Plan& plan, const Destination& destination, const fs::path& package,
                               report::Reporter& reporter, std::stop_token stop) {
  const uint64_t size_bytes = io::size_of(package);
  reporter.step(fmt::format("publishing {} ({}) to project {}", base::quoted(plan.target.name),
                            base::human_bytes(size_bytes), base::quoted(destination.project.path)));
  report::Progress progress{.step = "uploading", .total = size_bytes};
  tableau::PublishRequest request;
  request.name = plan.target.name;
  request.project_id = destination.project.id;
  request.filename = file_name_for(plan.target.name, ".tdsx");
  request.type = "tdsx";
  request.file = {.size_bytes = size_bytes, .open = [&] { return std::make_unique<io::FileSource>(package); }};
  request.on_sent = [&](uint64_t sent) {
    progress.done = std::min(sent, size_bytes);
    reporter.progress(progress);
  };
  request.on_step = [&](const std::string& what) { reporter.step(what); };
  return destination.site->publish_datasource(request, stop);
}

double seconds_since(base::SteadyTime start, const base::Clock& clock) {
  return std::chrono::duration<double>(clock.steady_now() - start).count();
}

}  // namespace

std::string file_name_for(const std::string& name, const std::string& extension) {
  std::string safe;
  for (const char c : name)
    safe += c == '/' || c == '\\' || static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? '_' : c;
  if (safe.empty() || safe.front() == '.') safe.insert(0, "_");
  size_t length = std::min<size_t>(safe.size(), 200);
  while (length < safe.size() && (safe[length] & 0xC0) == 0x80) --length;  // not through a UTF-8 character
  return safe.substr(0, length) + extension;
}

Outcome run(const Plan& plan, const RunOptions& options, const std::optional<Destination>& destination,
            report::Reporter& reporter, const base::Clock& clock, std::stop_token stop) {
  check_disk(plan, options.temp_parent);
  const base::TempDir work(options.temp_parent);
  const fs::path hyper_file = work.path() / "extract.hyper";
  Outcome outcome;

  const auto build_start = clock.steady_now();
  build(plan, options, work.path(), hyper_file, outcome, reporter, stop);
  check_extract(options, work.path(), hyper_file, stop);
  const auto beside = [&](const char* extension) {
    return options.output_folder / file_name_for(plan.target.name, extension);
  };
  fs::path package;
  if (plan.swap_into) {
    if (!destination) io::make_folders(options.output_folder);
    package = make_package(plan, hyper_file, destination ? work.path() / "package.tdsx" : beside(".tdsx"),
                           destination ? destination->uplink : 0, reporter, stop);
    outcome.package_bytes = io::size_of(package);
  }
  outcome.build_seconds = seconds_since(build_start, clock);
  // From here on the extract is no longer needed to go on: it is kept where someone wants it.
  if (!plan.keep_hyper.empty())
    outcome.kept_hyper = keep(hyper_file, plan.keep_hyper);
  else if (!destination || !plan.swap_into)
    outcome.kept_hyper = keep(hyper_file, beside(".hyper"));
  if (!plan.swap_into) return outcome;
  if (!destination) {
    outcome.kept_package = package;
    return outcome;
  }
  const auto publish_start = clock.steady_now();
  outcome.published = publish(plan, *destination, package, reporter, stop);
  outcome.publish_seconds = seconds_since(publish_start, clock);
  return outcome;
}

}  // namespace tabferry::publish
