// Changing rows of a published extract
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_how_to_update_data_to_hyper.htm).
//
// The extract is changed before the request is answered, on a copy and without the site's lock; the job that the answer
// names tells how it went. [INF] It makes no revision.
#include "sim/content/data_update.h"

#include <condition_variable>
#include <mutex>
#include <set>

#include "base/error.h"
#include "base/tempdir.h"
#include "sim/content/data_actions.h"
#include "sim/content/extract_edit.h"
#include "sim/content/publishing.h"
#include "sim/core/jobs.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

namespace fs = std::filesystem;

// Whose extracts are being changed: one update of a data source at a time, the others wait. Ids are random: all
// simulators of a process can share it.
class Turns {
 public:
  void wait_and_take(const std::string& id) {
    std::unique_lock lock(mutex_);
    freed_.wait(lock, [&] { return taken_.insert(id).second; });
  }
  void give_back(const std::string& id) {
    const std::lock_guard lock(mutex_);
    taken_.erase(id);
    freed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable freed_;
  std::set<std::string> taken_;
};

Turns& turns() {
  static Turns all;
  return all;
}

class Turn {
 public:
  explicit Turn(std::string id) : id_(std::move(id)) { turns().wait_and_take(id_); }
  ~Turn() { turns().give_back(id_); }
  Turn(const Turn&) = delete;
  Turn& operator=(const Turn&) = delete;

 private:
  std::string id_;
};

struct Target {
  Item datasource;
  std::string connection;
};

// The connection that the path names, or the only one.
std::string connection_of(const Desk& desk, const Call& call, const Item& datasource) {
  const auto connections = desk.site.children(Kind::connection, datasource.id());
  const auto named = call.parameters.find("connection");
  if (named == call.parameters.end()) {
    if (connections.size() > 1)
      refuse(403062, "The data source '{}' has several connections: name one of them.", datasource.get("name"));
    return connections.empty() ? "" : connections.front()->id();
  }
  for (const Item* connection : connections)
    if (connection->id() == desk.site.at(Kind::connection, named->second).id()) return connection->id();
  refuse(404020, "Connection '{}' could not be found.", named->second);
}

Target target_of(const Desk& desk, const Call& call) {
  const Item& datasource = asked_item(desk, call, Kind::datasource, "Write");
  return {datasource, connection_of(desk, call, datasource)};
}

// A request that was sent before is not done again: the answer is its job.
std::optional<Reply> known_answer(const Site& site, const std::string& request) {
  for (const auto& [id, job] : site.all(Kind::job))
    if (job.get("_requestId") == request) return Reply{.status = 202, .payload = {node_of_job(job)}};
  return std::nullopt;
}

std::string request_of(const Call& call) {
  const std::string& request = call.header("requestid");
  if (request.empty() || request.size() > 256)
    refuse(400000, "The header RequestID is missing: it tells one request from another.");
  return request;
}

// What there is to work on, in `folder`; under the lock, so that nothing of it goes meanwhile.
ExtractEdit take_files(Simulator& simulator, World& world, const Call& call, const Item& datasource,
                       const fs::path& folder) {
  ExtractEdit edit{.file = folder / "current", .payload = {}, .folder = folder, .work = {}};
  fs::create_hard_link(simulator.folder.path_of(datasource.get("_file")), edit.file);
  if (const auto session = call.query_value("uploadSessionId")) {
    edit.payload = folder / "payload";
    fs::rename(world.uploads.take(*session).path, edit.payload);
  }
  return edit;
}

// The new file, or why there is none.
struct Outcome {
  fs::path file;
  std::string notes;
};

Outcome outcome_of(const ExtractEdit& edit) {
  try {
    return {edited(edit), ""};
  } catch (const base::Error& error) {
    return {{}, error.what()};
  }
}

void put_file(Desk& desk, const Item& before, const NewContent& file, uint64_t size_bytes) {
  Item datasource = desk.site.at(Kind::datasource, before.id());
  datasource.set("_file", file.name()).set_number("_sizeBytes", size_bytes).set_number("size", megabytes(size_bytes));
  datasource.set("updatedAt", desk.now).set("_extractLastUpdateTime", desk.now);
  desk.site.put(datasource.set("_extractLastIncrementalUpdateTime", desk.now));
}

// True where the file is the data source's now.
bool finish(Desk& desk, const Target& target, const std::string& request, std::string notes, const NewContent* file,
            uint64_t size_bytes, Reply& reply) {
  const Item* now = desk.site.find(Kind::datasource, target.datasource.id());
  if (notes.empty() && (now == nullptr || now->get("_file") != target.datasource.get("_file")))
    notes = "The data source was replaced while its data was being updated.";
  Item job = new_job(desk, "UpdateUploadedFile");
  concern(job, target.datasource).set("_connection", target.connection).set("_requestId", request);
  if (!notes.empty()) job.set("_plannedFailure", notes);
  const Item& started = start(desk, std::move(job));
  reply = {.status = 202, .payload = {node_of_job(started)}};
  if (!started.get("_plannedFailure").empty() || file == nullptr) return false;
  put_file(desk, target.datasource, *file, size_bytes);
  return true;
}

Reply store(Simulator& simulator, const Call& call, const Target& target, const std::string& request,
            const Outcome& outcome) {
  NewContent file(simulator.folder, "bin");
  const uint64_t size = outcome.notes.empty() ? fs::file_size(outcome.file) : 0;
  if (outcome.notes.empty()) file.adopt(outcome.file);
  Reply reply;
  const bool is_used = simulator.change([&](World& world) {
    Desk desk = desk_of(simulator, world, call);
    return finish(desk, target, request, outcome.notes, outcome.notes.empty() ? &file : nullptr, size, reply);
  });
  if (is_used) file.keep();
  return reply;
}

Reply update_data(Simulator& simulator, Call& call) {
  const std::string request = request_of(call);
  const auto actions = read_data_actions(read_all(*call.body), call.query_value("uploadSessionId").has_value());
  require_engine();
  const Turn turn(
      simulator.locked([&](World& world) { return target_of(desk_of(simulator, world, call), call).datasource.id(); }));
  const base::TempDir folder(simulator.folder.upload_path("update").parent_path());
  std::optional<Reply> known;
  std::optional<Target> target;
  ExtractEdit edit = simulator.locked([&](World& world) {
    target = target_of(desk_of(simulator, world, call), call);
    known = known_answer(world.site, request);
    return known ? ExtractEdit{} : take_files(simulator, world, call, target->datasource, folder.path());
  });
  if (known) return *known;
  edit.work = [&](hyper::Session& session) { run_data_actions(session, actions); };
  return store(simulator, call, *target, request, outcome_of(edit));
}

}  // namespace

fs::path appended(const fs::path& current, const fs::path& added, const fs::path& folder) {
  require_engine();
  return edited({.file = current, .payload = added, .folder = folder, .work = append_only_table});
}

std::vector<Route> data_update_routes() {
  return {{"PATCH", "sites/{site}/datasources/{id}/data", update_data, {.since = 312}},
          {"PATCH", "sites/{site}/datasources/{id}/connections/{connection}/data", update_data, {.since = 312}}};
}

}  // namespace tabferry::sim
