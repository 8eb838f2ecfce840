// The checks of what is on this machine: the engine, the temporary folder, files.
#include <unistd.h>

#include "app/buckets.h"
#include "app/doctor_checks.h"
#include "app/file_url.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/engine.h"

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using Status = tabferry::app::Finding::Status;
using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

constexpr uint64_t kLittleSpace = uint64_t{2} << 30;
constexpr uint64_t kNoSpace = uint64_t{200} << 20;
constexpr auto kEngineStart = 3'500ms;  // it takes half a second

Finding look_at_temp_folder(const fs::path& parent) {
  const base::TempDir folder(parent);
  std::error_code error;
  const auto space = fs::space(folder.path(), error);
  if (error)
    base::fail(ErrorKind::io, "how much space is left below {} cannot be told: {}", base::quoted(parent.string(), 400),
               error.message());
  return judge_room(parent.string() + " is writable", space.available,
                    "The extract and the package are built there: make room, or set TMPDIR to a folder on a larger "
                    "disk");
}

Finding start_engine(const fs::path& program, const fs::path& temp_parent, std::stop_token stop) {
  const base::TempDir folder(temp_parent);
  const auto engine =
      hyper::Engine::start({.program = program, .folder = folder.path(), .start_timeout = kEngineStart}, stop);
  return {.seen = fmt::format("{} starts and answers", engine.version())};
}

// The nearest folder above that exists: the first snapshot makes the rest.
Finding look_at_store_folder(fs::path folder) {
  const fs::path wanted = folder;
  std::error_code error;
  while (!fs::exists(folder, error) && folder.has_relative_path()) folder = folder.parent_path();
  if (!fs::is_directory(folder, error))
    base::fail(ErrorKind::config, "{} is no folder", base::quoted(folder.string(), 400));
  if (::access(folder.c_str(), R_OK | W_OK | X_OK) != 0)
    base::fail(ErrorKind::io, "{} may not be written by this user", base::quoted(folder.string(), 400));
  const auto space = fs::space(folder, error);
  const auto seen = fmt::format("{} {}", wanted.string(), folder == wanted ? "is writable" : "will be made");
  if (error) return {.seen = seen};
  return judge_room(seen, space.available,
                    "Snapshots are written there: make room (tabferry prune takes old ones away), or set store: to a "
                    "folder on a larger disk");
}

Finding count_matches(const publish::Objects& objects) {
  uint64_t count = 0;
  objects.store->list(objects.keys.literal_prefix(),
                      [&](const store::Object& object) { count += objects.keys.matches(object.key) ? 1u : 0u; });
  if (count > 0) return {.seen = fmt::format("{}: {}", objects.written, base::counted(count, "file"))};
  return {.status = Status::warning,
          .seen = fmt::format("{}: no file matches", objects.written),
          .cure = fmt::format("It was looked for as {}. Right if the files come later; else check the path",
                              objects.store->url(objects.keys.pattern()))};
}

}  // namespace

Finding judge_room(const std::string& what, uint64_t free_bytes, const std::string& cure) {
  Finding finding{.seen = fmt::format("{} and has {} free", what, base::human_bytes(free_bytes))};
  if (free_bytes >= kLittleSpace) return finding;
  finding.status = free_bytes < kNoSpace ? Status::problem : Status::warning;
  finding.cure = cure;
  return finding;
}

Finding judge_engine_error(const std::string& message, bool is_needed) {
  constexpr std::string_view kList = ". Places tried:";
  const auto lines = base::split(message, '\n');
  auto first = lines.front();
  const bool is_list = first.ends_with(kList);
  if (is_list) first.remove_suffix(kList.size());
  auto [seen, cure] = seen_and_cure(first);
  if (is_list) seen += fmt::format(" ({} tried)", base::counted(lines.size() - 1, "place"));
  if (!is_needed) seen += ". A backup needs none; `verify --full` opens no extracts without it";
  return {.status = is_needed ? Status::problem : Status::warning, .seen = std::move(seen), .cure = std::move(cure)};
}

void check_engine(Examination& examination, const Flags& flags, bool is_needed) {
  const std::string area = "Engine";
  const auto parent = base::default_temp_parent();
  const bool folder = examination.check(
      area, "temporary folder", [&] { return look_at_temp_folder(parent); },
      [](const base::Error&) {
        return "The extract and the package are built there: set TMPDIR to a folder that may be written";
      });
  fs::path program;
  const bool found = examination.check(area, "hyperd", [&]() -> Finding {
    try {
      program = hyper::find_engine(flags.engine);
    } catch (const base::Error& error) {
      if (error.kind() != ErrorKind::not_found) throw;
      return judge_engine_error(error.what(), is_needed || !flags.engine.empty());
    }
    return {.seen = program.string()};
  });
  if (!found || !folder || program.empty())
    return examination.skip(area, "start", program.empty() ? "there is no engine" : "there is no temporary folder");
  examination.check(
      area, "start", [&] { return start_engine(program, parent, examination.stop()); },
      [](const base::Error&) {
        return "Try the program by hand; a wheel of another machine's kind does not start: pip install "
               "--force-reinstall tableauhyperapi";
      });
}

void check_files(Examination& examination, const Settings& settings) {
  for (const auto& spec : settings.datasources)
    for (const auto* objects : objects_of(spec))
      if (!s3_bucket_of(objects->store->url(""), settings))
        examination.check("Files", spec.key, [&] { return count_matches(*objects); });
}

void check_store_folder(Examination& examination, const Settings& settings) {
  if (settings.store.empty() || s3_bucket_of(settings.store, settings)) return;
  const auto path = [&] {
    const auto folder = folder_of_url(settings.store);
    return folder ? *folder : *settings.buckets->folder_of(bucket_of(settings.store)) / folder_key(settings.store);
  };
  examination.check(
      "Store", settings.store, [&] { return look_at_store_folder(path()); },
      [](const base::Error&) { return "Snapshots will live there: change store: or the folder's rights"; });
}

}  // namespace tabferry::app
