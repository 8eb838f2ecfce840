#include "sim/content/draft.h"

#include <algorithm>

#include "base/text.h"
#include "sim/core/kinds.h"
#include "sim/core/refusal.h"
#include "sim/core/wire.h"

namespace tabferry::sim {
namespace {

// As the schema has them; sizes, dates and such are not for clients to say.
void check_names(Kind kind, const Node& asked) {
  if (kind == Kind::workbook)
    expect_only(asked, {"name", "description", "showTabs", "encryptExtracts", "thumbnailsUserId", "thumbnailsGroupId"},
                {"connections", "connectionCredentials", "project", "views", "dataAccelerationConfig"});
  else if (kind == Kind::datasource)
    expect_only(asked,
                {"name", "description", "useRemoteQueryAgent", "encryptExtracts", "isCertified", "certificationNote"},
                {"connectionCredentials", "connections", "project", "askData"});
  else
    expect_only(asked, {"name", "description"}, {"project", "connections", "connectionCredentials"});
}

void take_text(Draft& draft, const Node& asked, std::string_view name) {
  if (const auto value = asked.attribute(name)) draft.with(name, *value);
}

// Clients write True as well as true.
void take_flag(Draft& draft, const Node& asked, std::string_view name) {
  const auto value = asked.attribute(name);
  if (!value || value->empty()) return;
  draft.with_flag(name, flag_of(*value, name, 400000));
}

std::string project_of(const Node& asked) {
  const Node* project = asked.child("project");
  const std::string id = base::lower(project != nullptr ? project->attribute_or("id", "") : "");
  return id == "none" ? "" : id;  // what a client in Python writes where it has none
}

bool is_hidden(const Node& asked, const OpenedView& view) {
  const Node* views = asked.child("views");
  if (view.hidden || views == nullptr) return view.hidden;
  return std::any_of(views->children.begin(), views->children.end(), [&](const Node& one) {
    return one.attribute("name") == view.name && base::lower(one.attribute_or("hidden", "")) == "true";
  });
}

bool is_meant(const Node& asked, const OpenedConnection& connection) {
  const auto port = asked.attribute("serverPort");
  const auto database = asked.attribute("databaseName");
  return base::equal_ignoring_case(asked.attribute_or("serverAddress", ""), connection.server) &&
         (!port || port->empty() || *port == connection.port) &&
         (!database || database->empty() || *database == connection.database);
}

// The credentials for one connection: its own, or those that the request has for all.
const Node* credentials_for(const Node& asked, const OpenedConnection& connection) {
  if (const Node* connections = asked.child("connections"))
    for (const auto& one : connections->children)
      if (is_meant(one, connection)) return one.child("connectionCredentials");
  return connection.type == "sqlproxy" || connection.type == "hyper" ? nullptr : asked.child("connectionCredentials");
}

Node connection_node(const Node& asked, const OpenedConnection& connection) {
  const Node* credentials = credentials_for(asked, connection);
  const bool embed = credentials != nullptr && base::lower(credentials->attribute_or("embed", "")) == "true";
  const std::string user =
      credentials != nullptr ? credentials->attribute_or("name", connection.user) : connection.user;
  Node node("connection");
  node.with("type", connection.type).with("serverAddress", connection.server).with("serverPort", connection.port);
  node.with("userName", user).with_flag("embedPassword", embed).with("databaseName", connection.database);
  if (!connection.authentication.empty()) node.with("authenticationType", connection.authentication);
  return node.with("datasource", connection.datasource).with("datasourceUrl", connection.content_url);
}

}  // namespace

Wanted wanted_of(Kind kind, const std::string& payload, const std::string& user_id) {
  const std::string_view element = rule_of(kind).element;
  const auto language = base::trim(payload).starts_with('{') ? Language::json : Language::xml;
  Wanted wanted{parse_request(payload, language, element), Draft(element)};
  check_names(kind, wanted.asked);
  wanted.draft.with("name", base::trim(needed_text(wanted.asked, "name")))
      .with("project", project_of(wanted.asked))
      .with("owner", user_id);
  for (const char* text : {"description", "certificationNote", "thumbnailsUserId", "thumbnailsGroupId"})
    take_text(wanted.draft, wanted.asked, text);
  for (const char* flag : {"showTabs", "encryptExtracts", "useRemoteQueryAgent", "isCertified"})
    take_flag(wanted.draft, wanted.asked, flag);
  return wanted;
}

void describe_file(Draft& draft, const Node& asked, const Opened& content) {
  draft.with_flag("hasExtracts", content.has_extracts);
  Node views("views"), connections("connections");
  for (const auto& view : content.views)
    views.add(Node("view")
                  .with("name", view.name)
                  .with("sheetType", view.sheet_type)
                  .with_flag("hidden", is_hidden(asked, view)));
  for (const auto& connection : content.connections) connections.add(connection_node(asked, connection));
  draft.add(std::move(views)).add(std::move(connections));
}

}  // namespace tabferry::sim
