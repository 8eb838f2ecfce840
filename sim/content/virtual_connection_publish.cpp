// Publishing a virtual connection: a plain document, no file. Its credentials are not in it.
#include "base/text.h"
#include "doc/json.h"
#include "sim/content/connections.h"
#include "sim/content/grants.h"
#include "sim/content/publishing.h"
#include "sim/content/revisions.h"
#include "sim/content/virtual_connections.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"

namespace tabferry::sim {
namespace {

struct Wanted {
  std::string name, project, owner, content;
  bool overwrite = false, draft = false;
};

std::string id_in(const Node& asked, std::string_view element) {
  const Node* child = asked.child(element);
  return child != nullptr ? child->attribute_or("id", "") : "";
}

Wanted wanted_of(const Desk& desk, const Call& call) {
  const Node asked = call.request("virtualConnection");
  expect_only(asked, {"name", "content"}, {"project", "owner", "content"});
  const Node* content = asked.child("content");
  Wanted wanted{.name = std::string(base::trim(needed_text(asked, "name"))),
                .project = id_in(asked, "project"),
                .owner = id_in(asked, "owner"),
                .content = content != nullptr ? content->text : asked.attribute_or("content", ""),  // JSON has it so
                .overwrite = call.query_flag("overwrite"),
                .draft = call.query_flag("publishAsDraft")};
  if (wanted.owner.empty()) wanted.owner = desk.user->id();
  return wanted;
}

std::string text_in(const doc::Json& object, std::initializer_list<const char*> names) {
  for (const char* name : names) {
    if (!object.contains(name)) continue;
    const doc::Json& value = object[name];
    if (value.is_string()) return value.get<std::string>();
    if (value.is_number()) return value.dump();
  }
  return "";
}

void add_connection(const doc::Json& object, Node& found) {
  if (!object.is_object() || text_in(object, {"class", "dbClass"}).empty()) return;
  Node node("connection");
  node.with("type", text_in(object, {"class", "dbClass"})).with("serverAddress", text_in(object, {"server"}));
  const std::string port = text_in(object, {"port"});
  node.with("serverPort", port.find_first_not_of("0123456789") == std::string::npos ? port : "");
  node.with("userName", text_in(object, {"username", "userName"})).with_flag("embedPassword", false);
  found.add(std::move(node.with("databaseName", text_in(object, {"dbname", "database"}))));
}

void collect(const doc::Json& value, Node& found) {
  for (const auto& [key, inner] : value.items()) {
    if (key == "connections" && value.is_object() && inner.is_array())
      for (const auto& one : inner) add_connection(one, found);
    if (inner.is_structured()) collect(inner, found);
  }
}

void check_rights(const Desk& desk, const Wanted& wanted, const Item* known) {
  const Item& project = desk.site.at(Kind::project, wanted.project);
  require(desk.site, *desk.user, known != nullptr ? *known : project, "Write", 403007);
  const Item& owner = desk.site.at(Kind::user, wanted.owner);
  if (owner.id() != desk.user->id() && !is_site_admin(*desk.user))
    refuse(403004, "User '{}' cannot publish for others.", desk.user->get("name"));
}

Item new_item(Desk& desk, const Wanted& wanted) {
  Item item(Kind::virtual_connection, make_luid());
  item.set("name", wanted.name).set("project", desk.site.at(Kind::project, wanted.project).id());
  item.set("createdAt", desk.now).set_flag("isCertified", false).set_flag("hasExtracts", false);
  return item.set("webpageUrl", fmt::format("{}/#/site/{}/virtualconnections/{}", desk.base_url(),
                                            desk.site.self().get("contentUrl"), desk.site.next_number()));
}

// A revision of files knows a file; this one knows its text.
void keep_text(Desk& desk, const Item& known, Item& next) {
  const std::string id = fmt::format("{}/{}", known.id(), current_revision(known));
  keep_revision(desk, known, next);
  if (const Item* revision = desk.site.find(Kind::revision, id))
    desk.site.put(Item(*revision).set("_content", known.get("_content")));
}

// A draft is an item of its own, which nobody finds in lists; publishing what it was a draft of takes it away [INF].
const Item* draft_of(const Site& site, const Wanted& wanted) {
  for (const auto& [id, item] : site.all(Kind::virtual_connection))
    if (item.flag("_isDraft") && item.get("_draftName") == wanted.name && item.get("_draftProject") == wanted.project)
      return &item;
  return nullptr;
}

const Item& put_draft(Desk& desk, const Wanted& wanted, Item item) {
  item.unset("project").set_flag("_isDraft", true).set("_draftName", wanted.name).set("_draftProject", wanted.project);
  return desk.site.put(std::move(item));
}

const Item& put_published(Desk& desk, const Wanted& wanted, const Item* known, Item item) {
  if (const Item* draft = draft_of(desk.site, wanted))
    desk.site.erase(Kind::virtual_connection, std::string(draft->id()));
  if (known != nullptr) keep_text(desk, *known, item);
  const Item& published = desk.site.put(std::move(item));
  put_connections(desk, published, connections_in(wanted.content));
  if (known == nullptr) give_defaults(desk.site, published);
  return published;
}

}  // namespace

Node connections_in(const std::string& content) {
  doc::Json value;
  try {
    value = doc::parse_json(content, "content");
  } catch (const base::Error& error) {
    refuse(400000, "Payload is either malformed or incomplete: the content is no JSON. {}", error.what());
  }
  if (!value.is_object()) refuse(400000, "Payload is either malformed or incomplete: the content is no JSON object.");
  Node found("connections");
  collect(value, found);
  return found;
}

Reply publish_virtual_connection(Desk& desk, const Call& call) {
  Wanted wanted = wanted_of(desk, call);
  connections_in(wanted.content);
  wanted.project = desk.site.at(Kind::project, wanted.project).id();
  const Item* known = find_content(desk.site, Kind::virtual_connection, wanted.project, wanted.name);
  check_rights(desk, wanted, known);
  if (known != nullptr && !wanted.overwrite && !wanted.draft)
    refuse(409015, "A virtual connection named '{}' already exists in this project.", wanted.name);
  const Item* basis = wanted.draft ? draft_of(desk.site, wanted) : known;
  Item item = basis != nullptr ? *basis : new_item(desk, wanted);
  item.set("owner", wanted.owner).set("_content", wanted.content).set("updatedAt", desk.now);
  item.set_number("_sizeBytes", wanted.content.size()).set("_publishedAt", desk.now).set("_publisher", desk.user->id());
  const Item& put =
      wanted.draft ? put_draft(desk, wanted, std::move(item)) : put_published(desk, wanted, known, std::move(item));
  return {.status = 201, .payload = {virtual_connection_node(desk, put)}};
}

}  // namespace tabferry::sim
