// Collections (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_collections.htm, since 3.28).
// [INF] The reference's examples could not be read in full: the paths and names are those that a client written from it
// uses; all of it stands in this file, so that one file changes when a real site says otherwise.
#include <algorithm>

#include "base/text.h"
#include "doc/json.h"
#include "sim/catalog/json_answers.h"
#include "sim/content/erase.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/core/list.h"
#include "sim/core/query.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

using doc::Json;

constexpr std::string_view kItems = "items";  // the part that holds them, in their order: item@id,type,addedAt

const Node& items_of(const Item& collection) {
  static const Node none = Node(kItems).as_list();
  const Node* part = collection.part(kItems);
  return part != nullptr ? *part : none;
}

// Null where it is gone, or is nothing that collections hold.
const Item* content_of(const Site& site, const Node& item) {
  const std::string type = base::lower(item.attribute_or("type", ""));
  for (const Kind kind : {Kind::workbook, Kind::view, Kind::datasource, Kind::flow, Kind::project,
                          Kind::virtual_connection, Kind::collection, Kind::database, Kind::table})
    if (base::lower(rule_of(kind).element) == type) return site.find(kind, item.attribute_or("id", ""));
  return nullptr;
}

// What is there, and of that what the user may see.
std::pair<std::vector<const Node*>, std::vector<const Node*>> counted_items(const Desk& desk, const Item& collection) {
  std::pair<std::vector<const Node*>, std::vector<const Node*>> counted;
  Rights rights(desk.site, *desk.user);
  for (const auto& item : items_of(collection).children) {
    const Item* content = content_of(desk.site, item);
    if (content == nullptr) continue;
    counted.first.push_back(&item);
    if (rights.sees(*content)) counted.second.push_back(&item);
  }
  return counted;
}

Json json_of(const Desk& desk, const Item& collection) {
  const Item* owner = desk.site.find(Kind::user, collection.get("owner"));
  const auto [all, seen] = counted_items(desk, collection);
  return {{"luid", collection.id()},
          {"name", collection.get("name")},
          {"description", collection.get("description")},
          {"ownerLuid", collection.get("owner")},
          {"ownerName", owner != nullptr ? owner->get("fullName") : ""},
          {"visibility", base::lower(collection.get("visibility"))},
          {"createdTime", collection.get("createdAt")},
          {"updatedTime", collection.get("updatedAt")},
          {"totalItemCount", all.size()},
          {"permissionedItemCount", seen.size()}};
}

Json json_of(const Desk& desk, const Item& collection, const Node& item) {
  const Item* content = content_of(desk.site, item);
  return {{"collectionLuid", collection.id()},
          {"addedDate", item.attribute_or("addedAt", collection.get("createdAt"))},
          {"content",
           {{"luid", item.attribute_or("id", "")},
            {"contentType", rule_of(content->kind()).element},
            {"name", content->get("name")}}}};
}

Reply paged_json(const Call& call, const Json& all) {
  const Page page = requested_page(call);
  const auto [first, last] = range_of(page, all.size());
  Json answer = {{"pagination", {{"pageNumber", page.number}, {"pageSize", page.size}, {"totalAvailable", all.size()}}},
                 {"items", Json::array()}};
  for (size_t at = first; at < last; ++at) answer["items"].push_back(all[at]);
  return json_reply(doc::to_line(answer));
}

Reply query_collections(Desk& desk, const Call& call) {
  Json all = Json::array();
  for (const Item* item : selected(desk.site, call, visible_items(desk, Kind::collection)))
    all.push_back(json_of(desk, *item));
  return paged_json(call, all);
}

Reply query_collection(Desk& desk, const Call& call) {
  return json_reply(doc::to_line(json_of(desk, asked_item(desk, call, Kind::collection, "Read"))));
}

Json document_of(const Call& call, Json::value_t type) {
  try {
    Json document = doc::parse_json(call.document, "the request");
    if (document.type() == type) return document;
  } catch (const base::Error& error) {
    refuse(400000, "Payload is either malformed or incomplete. {}", error.what());
  }
  refuse(400000, "Payload is either malformed or incomplete: it is no JSON {}.", Json(type).type_name());
}

std::string text_in(const Json& object, const char* name) {
  return object.is_object() && object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
}

void change(const Desk& desk, Item& item, const Json& asked) {
  if (const auto name = std::string(base::trim(text_in(asked, "name"))); !name.empty()) item.set("name", name);
  if (asked.contains("description")) item.set("description", text_in(asked, "description"));
  const std::string visibility = base::lower(text_in(asked, "visibility"));
  if (visibility == "public" || visibility == "private") item.set("visibility", visibility);
  if (const auto owner = text_in(asked, "ownerLuid"); !owner.empty())
    item.set("owner", desk.site.at(Kind::user, owner).id());
  item.set("updatedAt", desk.now);
}

Reply create_collection(Desk& desk, const Call& call) {
  const Json asked = document_of(call, Json::value_t::object);
  Item item(Kind::collection, make_luid());
  item.set("visibility", "private").set("owner", desk.user->id()).set("createdAt", desk.now);
  change(desk, item, asked);
  if (item.get("name").empty()) refuse(400000, "Payload is either malformed or incomplete: a collection needs a name.");
  if (item.get("owner") != desk.user->id() && !is_site_admin(*desk.user))
    refuse(403004, "User '{}' cannot make collections for others.", desk.user->get("name"));
  return json_reply(doc::to_line(json_of(desk, desk.site.put(std::move(item)))), 201);
}

Json error_of(const std::string& luid, const Refusal& refusal) {
  return {{"luid", luid}, {"errorCode", std::to_string(refusal.code())}, {"errorMessage", refusal.detail()}};
}

// Each by itself: what cannot be done is told, the others are done.
Reply update_collections(Desk& desk, const Call& call) {
  Json answer = {{"collections", Json::array()}, {"errors", Json::array()}};
  for (const auto& asked : document_of(call, Json::value_t::array)) {
    const std::string luid = text_in(asked, "luid");
    try {
      Item item = desk.site.at(Kind::collection, luid);
      require(desk.site, *desk.user, item, "Write", 403004);
      change(desk, item, asked);
      answer["collections"].push_back(json_of(desk, desk.site.put(std::move(item))));
    } catch (const Refusal& refusal) {
      answer["errors"].push_back(error_of(luid, refusal));
    }
  }
  return json_reply(doc::to_line(answer));
}

Reply delete_collection(Desk& desk, const Call& call) {
  erase_content(desk, asked_item(desk, call, Kind::collection, "Delete"));
  return {.status = 204};
}

// filter=type:in:[workbook,view]
Reply query_items(Desk& desk, const Call& call) {
  const Item& collection = asked_item(desk, call, Kind::collection, "Read");
  const auto conditions = parse_filter(call.query_value("filter").value_or(""));
  Json all = Json::array();
  for (const Node* item : counted_items(desk, collection).second) {
    const Json one = json_of(desk, collection, *item);
    const bool passes = std::all_of(conditions.begin(), conditions.end(), [&](const Condition& condition) {
      if (condition.field != "type") refuse(400008, "Invalid filter expression: unknown field '{}'.", condition.field);
      return holds(condition, text_in(one["content"], "contentType"));
    });
    if (passes) all.push_back(one);
  }
  return paged_json(call, all);
}

Node item_in(const Desk& desk, const Json& asked) {
  Node item("item");
  item.with("id", base::lower(text_in(asked, "contentLuid")))
      .with("type", text_in(asked, "contentType"))
      .with("addedAt", desk.now);
  const Item* content = content_of(desk.site, item);
  if (content == nullptr) refuse(404029, "Content '{}' could not be found.", text_in(asked, "contentLuid"));
  require(desk.site, *desk.user, *content, "Read", 403004);
  return item;
}

void erase_item(Node& items, const std::string& id) {
  std::erase_if(items.children,
                [&](const Node& one) { return base::equal_ignoring_case(one.attribute_or("id", ""), id); });
}

Reply change_items(Desk& desk, const Call& call, bool add) {
  Item collection = asked_item(desk, call, Kind::collection, "Write");
  const Json asked = document_of(call, Json::value_t::object);
  if (!asked.contains("items") || !asked["items"].is_array())
    refuse(400000, "Payload is either malformed or incomplete: items.");
  Node items = items_of(collection);
  Json answer = {{"items", Json::array()}, {"errors", Json::array()}};
  for (const auto& one : asked["items"]) {
    const std::string luid = text_in(one, "contentLuid");
    try {
      Node item = add ? item_in(desk, one) : Node("item");
      erase_item(items, luid);
      if (add)
        answer["items"].push_back(json_of(desk, collection, items.add(std::move(item)).children.back()));
      else
        answer["items"].push_back({{"contentLuid", luid}});
    } catch (const Refusal& refusal) {
      answer["errors"].push_back(error_of(luid, refusal));
    }
  }
  desk.site.put(collection.put_part(std::move(items)).set("updatedAt", desk.now));
  return json_reply(doc::to_line(answer));
}

Reply add_items(Desk& desk, const Call& call) { return change_items(desk, call, true); }
Reply delete_items(Desk& desk, const Call& call) { return change_items(desk, call, false); }

constexpr Terms kTerms{.since = 328, .feature = "collections"};

}  // namespace

std::vector<Route> collection_routes() {
  return {{"GET", "-/collections", query_collections, kTerms},
          {"POST", "-/collections", create_collection, kTerms},
          {"POST", "-/collections/batchUpdate", update_collections, kTerms},
          {"GET", "-/collections/{id}", query_collection, kTerms},
          {"DELETE", "-/collections/{id}", delete_collection, kTerms},
          {"GET", "-/collections/{id}/items", query_items, kTerms},
          {"POST", "-/collections/{id}/items/batchCreate", add_items, kTerms},
          {"POST", "-/collections/{id}/items/batchDelete", delete_items, kTerms}};
}

}  // namespace tabferry::sim
