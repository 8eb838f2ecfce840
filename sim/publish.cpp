// Publishing a data source, in one request or from an upload session, at once or as a job
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_data_sources.htm#publish_data_source).
#include <algorithm>

#include "base/text.h"
#include "sim/datasources.h"
#include "sim/ids.h"
#include "sim/jobs.h"
#include "sim/parts.h"
#include "sim/routes.h"
#include "sim/rules.h"

namespace tabferry::sim {
namespace {

// How a request wants it.
struct Wish {
  std::string file_type;
  std::string upload_session;   // "" where the file is in the request
  bool overwrite = false;
  bool as_job = false;
};

Wish wish_of(const Call& call) {
  const bool append = call.query_flag("append");
  Wish wish{.file_type = base::lower(call.query_value("datasourceType").value_or("")),
            .upload_session = call.query_value("uploadSessionId").value_or(""),
            .overwrite = call.query_flag("overwrite"),
            .as_job = call.query_flag("asJob")};
  if (append && wish.overwrite) refuse(400055, "The overwrite and append parameters cannot both be true.");
  if (append) refuse(400011, "There was a problem publishing the file: this simulator does not append.");
  return wish;
}

// From the parameter, or from the file's name.
std::string file_type_of(const Wish& wish, const Parts& parts) {
  const auto dot = parts.filename.rfind('.');
  const std::string by_name =
      dot == std::string::npos ? "" : base::lower(std::string_view(parts.filename).substr(dot + 1));
  const std::string type = wish.file_type.empty() ? by_name : wish.file_type;
  if (type != "tdsx" && type != "tds" && type != "hyper")
    refuse(400010, "'{}' is not a type of data source file that can be published.", type);
  return type;
}

// The last bytes of a zip hold its end record (APPNOTE 4.3.16), which a cut file has lost.
bool has_zip_end(const std::filesystem::path& file) {
  constexpr uint64_t kLongestEnd = 22 + 65535;
  const uint64_t size = std::filesystem::file_size(file);
  const uint64_t length = std::min(size, kLongestEnd);
  io::FileSource source(file, size - length, length);
  std::string tail(length, '\0');
  for (size_t at = 0; at < length;) at += source.read(std::span(tail).subspan(at));
  return tail.rfind("PK\x05\x06") != std::string::npos;
}

std::string front_of(const std::filesystem::path& file) {
  io::FileSource source(file);
  char front[16] = {};
  return std::string(front, source.read(front));
}

// Only as far as its kind can be told from outside.
void check_file(const std::filesystem::path& file, const std::string& type, const std::string& name) {
  const std::string front = front_of(file);
  const bool is_good = type == "tdsx"    ? front.starts_with("PK\x03\x04") && has_zip_end(file)
                       : type == "hyper" ? front.starts_with("HyPer")
                                         : front.starts_with("<") || front.starts_with("\xEF\xBB\xBF<");
  if (!is_good) refuse(400011, "There was a problem publishing the file '{}.{}'.", name, type);
}

PublishOrder order_of(const Call& call, const std::string& payload) {
  const Node asked = parse_request(payload, payload.starts_with('{') ? Language::json : Language::xml, "datasource");
  expect_only(asked,
              {"name", "description", "useRemoteQueryAgent", "encryptExtracts", "isCertified", "certificationNote"},
              {"connectionCredentials", "connections", "project", "askData"});
  const Node* project = asked.child("project");
  PublishOrder order;
  order.name = base::trim(asked.attribute("name").value_or(""));
  if (order.name.empty()) refuse(400000, "Payload is either malformed or incomplete. Missing attribute: name");
  order.description = asked.attribute("description").value_or("");
  order.project_id = base::lower(project != nullptr ? project->attribute("id").value_or("") : "");
  order.owner_id = call.user_id;
  order.use_remote_query_agent = base::lower(asked.attribute("useRemoteQueryAgent").value_or("")) == "true";
  return order;
}

// The request's own file, or the upload session's, becomes the new content.
uint64_t take_file(Simulator& simulator, const Wish& wish, const Parts& parts, NewContent& file) {
  const uint64_t limit = simulator.options.max_single_bytes;
  if (wish.upload_session.empty()) {
    if (!parts.has_file) refuse(400011, "There was a problem publishing the file: there is none in the request.");
    if (parts.file_bytes > limit)
      refuse(400011, "There was a problem publishing the file '{}': it is larger than {} bytes.", parts.filename,
             limit);
    file.finish();
    return parts.file_bytes;
  }
  if (parts.has_file) refuse(400000, "There are both an upload session and a file in the request.");
  const auto upload = simulator.locked([&](World& world) { return world.uploads.take(wish.upload_session); });
  file.adopt(upload.path);
  return upload.size_bytes;
}

Reply store_now(Simulator& simulator, const PublishOrder& order, NewContent& file) {
  std::string orphan;
  Reply reply = simulator.locked([&](World& world) -> Reply {
    const Published done =
        simulator.change(world, [&](State& state) { return publish(state, order, simulator.now()); });
    file.keep();
    orphan = done.replaced_file;
    return {.status = 201,
            .payload = {node_of(world.state.datasources.at(done.datasource_id), world.state, simulator.base_url)}};
  });
  simulator.content.remove(orphan);
  return reply;
}

Reply store_as_job(Simulator& simulator, const PublishOrder& order, NewContent& file) {
  return simulator.locked([&](World& world) -> Reply {
    const Job job = simulator.change(world, [&](State& state) {
      check_order(state, order);
      Job made{.id = make_luid(), .type = "PublishDatasource", .created_at = base::iso_time(simulator.now())};
      made.subject = order.name;
      made.order = order;
      made.planned_failure = simulator.faults.notes_for_this_job();
      return state.jobs[made.id] = made;
    });
    file.keep();
    return {.status = 202, .payload = {node_of(job)}};
  });
}

Reply publish_datasource(Simulator& simulator, Call& call) {
  if (simulator.faults.denies_this_publish())
    refuse(403007, "User '{}' is not allowed to publish to this project.", call.user_id);
  const Wish wish = wish_of(call);
  NewContent file(simulator.content, "bin");
  const Parts parts = receive_parts(call, "tableau_datasource", simulator.options.max_single_bytes,
                                    [&](std::string_view bytes) { file.write(bytes); });
  if (!parts.has_payload)
    refuse(400000, "Payload is either malformed or incomplete: the part 'request_payload' is missing.");
  PublishOrder order = order_of(call, parts.payload);
  order.file_type = file_type_of(wish, parts);
  order.overwrite = wish.overwrite;
  order.content_file = file.name();
  simulator.locked([&](World& world) {
    if (order.project_id.empty()) order.project_id = default_project_id(world.state);
    check_order(world.state, order);
  });
  order.size_bytes = take_file(simulator, wish, parts, file);
  check_file(file.path(), order.file_type, order.name);
  return wish.as_job ? store_as_job(simulator, order, file) : store_now(simulator, order, file);
}

}  // namespace

std::vector<Route> publish_routes() { return {{"POST", "sites/{site}/datasources", publish_datasource}}; }

}  // namespace tabferry::sim
