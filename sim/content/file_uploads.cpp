// Uploading in blocks (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_publishing.htm).
#include "sim/core/parts.h"
#include "sim/core/routes.h"
#include "sim/faults/hooks.h"

namespace tabferry::sim {
namespace {

Node node_of(const std::string& session, uint64_t size_bytes) {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20;
  Node node("fileUpload");
  node.with("uploadSessionId", session).with_number("fileSize", (size_bytes + kMegabyte / 2) / kMegabyte);
  return node;
}

Reply start_upload(Simulator& simulator, Call& call) {
  const std::string session = simulator.locked([](World& world) { return world.uploads.start(); });
  Node node = node_of(session, 0);
  if (call.version >= 329) node.with_number("maxFileChunkCount", Uploads::kMaxBlocks);  // of that version's schema
  return {.status = 201, .payload = {std::move(node)}};
}

// Reads one block to the end of the session's file and returns the file's new size.
uint64_t receive_block(Simulator& simulator, Call& call, const Uploads::Place& place) {
  const uint64_t limit = simulator.options.max_single_bytes;
  UploadBlock block(place.path, place.size_bytes);
  const Parts parts = receive_parts(call, "tableau_file", limit, [&](std::string_view bytes) { block.write(bytes); });
  if (!parts.has_file) refuse(400000, "Payload is either malformed or incomplete: the part 'tableau_file' is missing.");
  if (parts.file_bytes > limit) refuse(400016, "The file chunk is larger than the limit of {} bytes.", limit);
  return block.finish();
}

Reply append(Simulator& simulator, Call& call) {
  faults_on_append(simulator, call);
  const std::string session = call.parameter("session");
  const auto place = simulator.locked([&](World& world) { return world.uploads.begin_block(session); });
  try {
    const uint64_t size = receive_block(simulator, call, place);
    simulator.locked([&](World& world) { world.uploads.end_block(session, size); });
    return {.payload = {node_of(session, size)}};
  } catch (...) {
    simulator.locked([&](World& world) { world.uploads.abandon_block(session); });
    throw;
  }
}

}  // namespace

std::vector<Route> upload_routes() {
  return {{"POST", "sites/{site}/fileuploads", start_upload}, {"PUT", "sites/{site}/fileuploads/{session}", append}};
}

}  // namespace tabferry::sim
