#include "sim/datasources.h"

#include <algorithm>

#include "base/url.h"
#include "sim/query.h"
#include "sim/routes.h"
#include "sim/rules.h"

namespace tabferry::sim {
namespace {

// Sizes are whole megabytes, and nothing is 0 of them.
uint64_t megabytes(uint64_t size_bytes) {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20;
  return std::max<uint64_t>(1, (size_bytes + kMegabyte / 2) / kMegabyte);
}

// The headers seen from real servers have no disposition type; names beyond plain ASCII take the form of RFC 8187.
std::string disposition_of(const Datasource& datasource) {
  const std::string filename = datasource.name + "." + datasource.file_type;
  const bool is_plain = std::all_of(filename.begin(), filename.end(), [](char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '%';
  });
  return is_plain ? fmt::format(R"(name="tableau_datasource"; filename="{}")", filename)
                  : fmt::format(R"(name="tableau_datasource"; filename*=UTF-8''{})", base::percent_encoded(filename));
}

Fields<Datasource> fields_in(const State& state) {
  const auto flag = [](bool value) { return std::string(value ? "true" : "false"); };
  return {
      {"name", [](const Datasource& d) { return d.name; }},
      {"description", [](const Datasource& d) { return d.description; }},
      {"contentUrl", [](const Datasource& d) { return d.content_url; }},
      {"createdAt", [](const Datasource& d) { return d.created_at; }},
      {"updatedAt", [](const Datasource& d) { return d.updated_at; }},
      {"projectName", [&state](const Datasource& d) { return state.projects.at(d.project_id).name; }},
      {"ownerName", [&state](const Datasource& d) { return state.users.at(d.owner_id).name; }},
      {"hasExtracts", [flag](const Datasource& d) { return flag(d.file_type != "tds"); }},
      {"isCertified", [flag](const Datasource&) { return flag(false); }},
      {"isPublished", [flag](const Datasource&) { return flag(true); }},
  };
}

Reply query_datasources(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const auto selection = select(world.state.datasources, call, fields_in(world.state));
    Node list("datasources");
    list.as_list();
    for (const Datasource* item : selection.items) list.add(node_of(*item, world.state, simulator.base_url));
    return {.payload = {selection.pagination, list}};
  });
}

Reply query_datasource(Simulator& simulator, Call& call) {
  return simulator.locked([&](World& world) -> Reply {
    const Datasource& item = datasource_by_id(world.state, call.parameter("id"));
    return {.payload = {node_of(item, world.state, simulator.base_url)}};
  });
}

// The file is opened under the mutex: it can be read to its end, whatever is published or deleted meanwhile.
Reply download(Simulator& simulator, Call& call) {
  if (call.query_value("includeExtract") && !call.query_flag("includeExtract"))
    refuse(400008, "This simulator gives back what was published: includeExtract=false is not built.");
  return simulator.locked([&](World& world) -> Reply {
    const Datasource& item = datasource_by_id(world.state, call.parameter("id"));
    return {.file = std::make_shared<io::FileSource>(simulator.content.path_of(item.content_file)),
            .disposition = disposition_of(item)};
  });
}

Reply remove_datasource(Simulator& simulator, Call& call) {
  const std::string orphan = simulator.locked([&](World& world) {
    return simulator.change(world, [&](State& state) {
      const Datasource item = datasource_by_id(state, call.parameter("id"));
      state.datasources.erase(item.id);
      return item.content_file;
    });
  });
  simulator.content.remove(orphan);
  return {.status = 204};
}

}  // namespace

Node node_of(const Datasource& datasource, const State& state, const std::string& base_url) {
  Node node("datasource");
  node.with("id", datasource.id).with("name", datasource.name).with("contentUrl", datasource.content_url);
  node.with("description", datasource.description);
  node.with("type", datasource.file_type == "tds" ? "federated" : "hyper");
  node.with("createdAt", datasource.created_at).with("updatedAt", datasource.updated_at);
  node.with("encryptExtracts", "false").with_flag("hasExtracts", datasource.file_type != "tds");
  node.with_flag("isCertified", false).with_flag("useRemoteQueryAgent", datasource.use_remote_query_agent);
  node.with_number("size", megabytes(datasource.size_bytes));
  node.with("webpageUrl",
            fmt::format("{}/#/site/{}/datasources/{}", base_url, state.site_content_url, datasource.number));
  node.add(
      Node("project").with("id", datasource.project_id).with("name", state.projects.at(datasource.project_id).name));
  node.add(Node("owner").with("id", datasource.owner_id)).add(Node("tags").as_list());
  return node;
}

std::vector<Route> datasource_routes() {
  return {{"GET", "sites/{site}/datasources", query_datasources},
          {"GET", "sites/{site}/datasources/{id}", query_datasource},
          {"GET", "sites/{site}/datasources/{id}/content", download},
          {"DELETE", "sites/{site}/datasources/{id}", remove_datasource}};
}

}  // namespace tabferry::sim
