// Publishing, in one request or from an upload session, at once or as a job
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_publishing.htm).
#include <algorithm>

#include "base/text.h"
#include "io/file.h"
#include "sim/content/content_type.h"
#include "sim/content/data_update.h"
#include "sim/content/draft.h"
#include "sim/content/projects.h"
#include "sim/content/published.h"
#include "sim/content/repack.h"
#include "sim/core/ids.h"
#include "sim/core/jobs.h"
#include "sim/core/kinds.h"
#include "sim/core/parts.h"
#include "sim/core/routes.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

// How a request wants it.
struct Wish {
  std::string file_type;
  std::string upload_session;  // "" where the file is in the request
  bool overwrite = false;
  bool append = false;
  bool as_job = false;
  bool skip_connection_check = false;
};

Wish wish_of(const Call& call, const ContentType& type) {
  const bool append = call.query_flag("append");
  const bool replace = call.query_flag("replace");  // of data sources; means overwrite [INF]
  Wish wish{.file_type = base::lower(call.query_value(type.type_parameter).value_or("")),
            .upload_session = call.query_value("uploadSessionId").value_or(""),
            .overwrite = call.query_flag("overwrite") || replace,
            .append = append,
            .as_job = call.query_flag("asJob"),
            .skip_connection_check = call.query_flag("skipConnectionCheck")};
  if (append && wish.overwrite) refuse(400055, "The overwrite and append parameters cannot both be true.");
  if (append && type.kind != Kind::datasource)
    refuse(400011, "There was a problem publishing the file: nothing can be appended to a {}.",
           rule_of(type.kind).element);
  return wish;
}

// From the parameter, or from the file's name.
std::string file_type_of(const Wish& wish, const Parts& parts, const ContentType& content) {
  const auto dot = parts.filename.rfind('.');
  const std::string by_name =
      dot == std::string::npos ? "" : base::lower(std::string_view(parts.filename).substr(dot + 1));
  const std::string type = wish.file_type.empty() ? by_name : wish.file_type;
  if (type.empty()) refuse(content.no_type, "The parameter {} is missing.", content.type_parameter);
  if (std::find(content.file_types.begin(), content.file_types.end(), type) == content.file_types.end())
    refuse(content.bad_type, "'{}' is not a type of {} file that can be published.", type,
           rule_of(content.kind).element);
  return type;
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

Reply store_now(Simulator& simulator, const Call& call, Kind kind, const Draft& draft, NewContent& file) {
  Reply reply = simulator.change([&](World& world) -> Reply {
    Desk desk = desk_of(simulator, world, call);
    return {.status = 201, .payload = {node_of_content(desk, carry_out(desk, kind, draft))}};
  });
  file.keep();
  return reply;
}

Reply store_as_job(Simulator& simulator, const Call& call, Kind kind, const Draft& draft, NewContent& file) {
  Reply reply = simulator.change([&](World& world) -> Reply {
    Desk desk = desk_of(simulator, world, call);
    check_draft(desk, kind, draft);
    Item job = new_job(desk, content_type_of(kind).job_type);
    job.set("_file", file.name()).put_part(draft).set("_subject", draft.attribute_or("name", ""));
    return {.status = 202, .payload = {answer_of_new(start(desk, std::move(job)))}};
  });
  file.keep();
  return reply;
}

Reply store(Simulator& simulator, const Call& call, Kind kind, const Wish& wish, Draft& draft, NewContent& file,
            const std::string& file_type, uint64_t size_bytes) {
  draft.with("_fileType", file_type).with("_file", file.name()).with_number("_sizeBytes", size_bytes);
  return wish.as_job ? store_as_job(simulator, call, kind, draft, file) : store_now(simulator, call, kind, draft, file);
}

// A site keeps no bare extract.
Reply store_packaged(Simulator& simulator, const Call& call, const Wish& wish, Draft& draft,
                     const NewContent& extract) {
  NewContent package(simulator.folder, "bin");
  const uint64_t size = write_packaged_extract(extract.path(), draft.attribute_or("name", ""), package.path());
  return store(simulator, call, Kind::datasource, wish, draft, package, "tdsx", size);
}

// The file that the rows are appended to, under a name of its own: nobody takes it away meanwhile.
std::filesystem::path current_file(Simulator& simulator, Draft& draft) {
  return simulator.locked([&](World& world) {
    const std::string project = base::lower(draft.attribute_or("project", ""));
    const std::string name = draft.attribute_or("name", "");
    const Item* known = find_content(world.site, Kind::datasource, project, name);
    if (known == nullptr) refuse(404004, "Datasource '{}' could not be found: there is nothing to append to.", name);
    draft.with("_appendedTo", known->get("_file"));
    auto path = simulator.folder.upload_path(make_luid() + "." + known->get("_fileType"));
    std::filesystem::create_hard_link(simulator.folder.path_of(known->get("_file")), path);
    return path;
  });
}

// The package that is there, with more rows; without the lock.
Reply store_appended(Simulator& simulator, const Call& call, const Wish& wish, Draft& draft, const Node& asked,
                     const NewContent& added) {
  const auto current = current_file(simulator, draft);
  NewContent package(simulator.folder, "bin");
  try {
    package.adopt(appended(current, added.path(), simulator.folder.upload_path("")));
  } catch (...) {
    std::filesystem::remove(current);
    throw;
  }
  std::filesystem::remove(current);
  describe_file(draft, asked, open_published(package.path(), Kind::datasource, "tdsx", draft.attribute_or("name", "")));
  return store(simulator, call, Kind::datasource, wish, draft, package, "tdsx", io::size_of(package.path()));
}

// As far as it can be said before the file is there.
void check_early(Simulator& simulator, const Call& call, Kind kind, Draft& draft) {
  simulator.locked([&](World& world) {
    for (auto& attribute : draft.attributes)
      if (attribute.name == "project" && attribute.value.empty()) attribute.value = default_project_id(world.site);
    check_draft(desk_of(simulator, world, call), kind, draft);
    const std::string user = draft.attribute_or("thumbnailsUserId", "");
    if (!user.empty()) world.site.at(Kind::user, user);
  });
}

Reply publish(Simulator& simulator, Call& call, Kind kind) {
  faults_on_publish(simulator, call);
  const ContentType& type = content_type_of(kind);
  const Wish wish = wish_of(call, type);
  NewContent file(simulator.folder, "bin");
  const Parts parts = receive_parts(call, type.part, simulator.options.max_single_bytes,
                                    [&](std::string_view bytes) { file.write(bytes); });
  if (!parts.has_payload)
    refuse(400000, "Payload is either malformed or incomplete: the part 'request_payload' is missing.");
  auto [asked, draft] = wanted_of(kind, parts.payload, call.user_id);
  const std::string file_type = file_type_of(wish, parts, type);
  draft.with_flag("_overwrite", wish.overwrite || wish.append);
  draft.with_flag("_skipConnectionCheck", wish.skip_connection_check);
  check_early(simulator, call, kind, draft);
  const uint64_t size = take_file(simulator, wish, parts, file);
  const Opened content = open_published(file.path(), kind, file_type, draft.attribute_or("name", ""));
  if (wish.append) return store_appended(simulator, call, wish, draft, asked, file);
  describe_file(draft, asked, content);
  if (file_type == "hyper") return store_packaged(simulator, call, wish, draft, file);
  return store(simulator, call, kind, wish, draft, file, file_type, size);
}

template <Kind kind>
Reply publish_kind(Simulator& simulator, Call& call) {
  return publish(simulator, call, kind);
}

template <Kind kind>
void finish_publish(Desk& desk, Item& job) {
  const Node draft = *job.part(rule_of(kind).element);
  carry_out(desk, kind, draft);
}

}  // namespace

std::vector<JobType> content_jobs() {
  return {
      {"PublishWorkbook", "publish_workbook", "extractRefreshJob", "workbook", true, finish_publish<Kind::workbook>},
      {"PublishDatasource", "publish_datasource", "extractRefreshJob", "datasource", true,
       finish_publish<Kind::datasource>},
      {"PublishFlow", "publish_flow", "runFlowJobType", "flow", true, finish_publish<Kind::flow>},
      {"UpdateUploadedFile", "update_uploaded_file", "updateUploadedFileJob", "datasource"}};
}

std::vector<Route> publish_routes() {
  return {{"POST", "sites/{site}/workbooks", publish_kind<Kind::workbook>},
          {"POST", "sites/{site}/datasources", publish_kind<Kind::datasource>},
          {"POST", "sites/{site}/flows", publish_kind<Kind::flow>, {.since = 303, .feature = "flows"}}};
}

}  // namespace tabferry::sim
