// The `flow` entry of a .tfl or .tflx: JSON without a published schema; `connections` as Tableau Prep Builder writes
// it.
#include "base/error.h"
#include "doc/json.h"
#include "sim/content/opened.h"

namespace tabferry::sim {
namespace {

using doc::Json;

std::string text_of(const Json& object, const char* key) {
  const auto found = object.find(key);
  if (found == object.end()) return {};
  return found->is_string() ? found->get<std::string>() : found->is_number_unsigned() ? found->dump() : "";
}

const Json* object_in(const Json& parent, const char* key) {
  const auto found = parent.is_object() ? parent.find(key) : parent.end();
  return found == parent.end() || !found->is_object() ? nullptr : &*found;
}

// A published data source is named where the flow uses the connection, not in the connection itself.
std::string content_url_of(const Json& flow, const std::string& connection_id) {
  const Json* uses = object_in(flow, "dataConnections");
  if (uses == nullptr) return {};
  for (const auto& [id, use] : uses->items()) {
    const Json* changes = object_in(use, "modifiedConnectionAttributes");
    if (changes != nullptr && text_of(use, "baseConnectionId") == connection_id) return text_of(*changes, "dbname");
  }
  return {};
}

void read_connection(const Json& flow, const std::string& id, const Json& connection, Opened& content) {
  const Json* attributes = object_in(connection, "connectionAttributes");
  if (attributes == nullptr) return;
  OpenedConnection found{.type = text_of(*attributes, "class"),
                         .server = text_of(*attributes, "server"),
                         .port = text_of(*attributes, "port"),
                         .user = text_of(*attributes, "username"),
                         .database = text_of(*attributes, "dbname"),
                         .datasource = text_of(connection, "name"),
                         .content_url = {},
                         .authentication = text_of(*attributes, "authentication")};
  if (found.port.find_first_not_of("0123456789") != std::string::npos) found.port.clear();
  if (found.type == "sqlproxy") found.content_url = content_url_of(flow, id);
  content.connections.push_back(std::move(found));
}

}  // namespace

Opened read_flow_document(std::string_view text) {
  const Json flow = doc::parse_json(text, "the flow");
  if (!flow.is_object()) base::fail(base::ErrorKind::corrupt, "the flow is no JSON object");
  Opened content;
  const Json* connections = object_in(flow, "connections");
  if (connections == nullptr) return content;
  for (const auto& [id, connection] : connections->items()) read_connection(flow, id, connection, content);
  return content;
}

}  // namespace tabferry::sim
