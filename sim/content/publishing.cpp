#include "sim/content/publishing.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sim/content/connections.h"
#include "sim/content/content_type.h"
#include "sim/content/grants.h"
#include "sim/content/revisions.h"
#include "sim/content/views_of.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/core/refusal.h"

namespace tabferry::sim {
namespace {

// Of the draft, not of the item.
constexpr std::array<std::string_view, 3> kOrders = {"_overwrite", "_skipConnectionCheck", "_appendedTo"};

bool has_content_url(Kind kind) { return kind != Kind::flow; }

Item new_item(Desk& desk, Kind kind, const Draft& draft) {
  Item item(kind, make_luid());
  if (has_content_url(kind)) item.set("contentUrl", free_content_url(desk.site, kind, draft.attribute_or("name", "")));
  item.set("createdAt", desk.now);
  return item.set("webpageUrl", fmt::format("{}/#/site/{}/{}/{}", desk.base_url(), desk.site.self().get("contentUrl"),
                                            rule_of(kind).list, desk.site.next_number()));
}

const Node& part_of(const Draft& draft, std::string_view name) {
  static const Node none;
  const Node* part = draft.child(name);
  return part != nullptr ? *part : none;
}

void describe_workbook(Item& item, const Desk& desk) {
  item.set("lastPublishedAt", desk.now);
  if (!item.has("showTabs")) item.set("showTabs", "false");
}

// What people see as the type of a data source is its first connection's.
void describe_datasource(Item& item, const Draft& draft) {
  const auto& connections = part_of(draft, "connections").children;
  const Node none;
  const Node& first = connections.empty() ? none : connections.front();
  item.set("type", first.attribute_or("type", "federated")).set("databaseName", first.attribute_or("databaseName", ""));
  item.set("serverName", first.attribute_or("serverAddress", "")).set_flag("isPublished", true);
  for (const char* field : {"isCertified", "useRemoteQueryAgent"})
    if (!item.has(field)) item.set_flag(field, false);
}

void describe(Item& item, const Desk& desk, const Draft& draft) {
  if (item.kind() == Kind::flow) {
    item.set("fileType", item.get("_fileType"));
    return;
  }
  item.set_number("size", megabytes(item.number("_sizeBytes")));
  if (!item.has("encryptExtracts")) item.set("encryptExtracts", "false");
  if (item.kind() == Kind::workbook)
    describe_workbook(item, desk);
  else
    describe_datasource(item, draft);
}

void check_links(const Desk& desk, const Draft& draft) {
  if (draft.attribute_or("_skipConnectionCheck", "") == "true") return;
  for (const auto& connection : part_of(draft, "connections").children)
    if (!connection.attribute_or("datasourceUrl", "").empty() && linked_datasource(desk.site, connection) == nullptr)
      refuse(403132, "Unable to connect to the data source '{}': there is none of that content URL on the site.",
             connection.attribute_or("datasourceUrl", ""));
}

const Item& publisher_of(const Desk& desk, const Draft& draft) {
  const Item* publisher = desk.site.find(Kind::user, draft.attribute_or("owner", ""));
  if (publisher == nullptr) refuse(404002, "User '{}' could not be found.", draft.attribute_or("owner", ""));
  return *publisher;
}

}  // namespace

void check_draft(const Desk& desk, Kind kind, const Draft& draft) {
  const Item& project = desk.site.at(Kind::project, draft.attribute_or("project", ""));
  const Item& publisher = publisher_of(desk, draft);
  const std::string name = draft.attribute_or("name", "");
  const Item* known = find_content(desk.site, kind, project.id(), name);
  require(desk.site, publisher, known != nullptr ? *known : project, "Write", 403007);
  if (draft.attribute_or("_overwrite", "") != "true" && known != nullptr)
    refuse(content_type_of(kind).exists,
           "A {} named '{}' already exists in this project and overwrite was not "
           "requested.",
           rule_of(kind).element, name);
  const auto appended_to = draft.attribute("_appendedTo");
  if (appended_to && (known == nullptr || known->get("_file") != *appended_to))
    refuse(500000, "The data source '{}' was changed while rows were appended to it.", name);
  check_links(desk, draft);
}

const Item& carry_out(Desk& desk, Kind kind, const Draft& draft) {
  check_draft(desk, kind, draft);
  const std::string project = desk.site.at(Kind::project, draft.attribute_or("project", "")).id();
  const Item* known = find_content(desk.site, kind, project, draft.attribute_or("name", ""));
  Item item = known != nullptr ? *known : new_item(desk, kind, draft);
  const std::string name = known != nullptr ? known->get("name") : draft.attribute_or("name", "");
  for (const auto& attribute : draft.attributes)
    if (std::find(kOrders.begin(), kOrders.end(), attribute.name) == kOrders.end())
      item.set(attribute.name, attribute.value);
  item.set("name", name).set("project", project).set("updatedAt", desk.now);
  item.set("_publishedAt", desk.now).set("_publisher", item.get("owner"));
  describe(item, desk, draft);
  if (known != nullptr) keep_revision(desk, *known, item);
  if (kind == Kind::workbook) put_views(desk, item, part_of(draft, "views"));
  put_connections(desk, item, part_of(draft, "connections"));
  const bool is_new = known == nullptr;
  const Item& published = desk.site.put(std::move(item));
  if (is_new) give_defaults(desk.site, published);
  return published;
}

const Item* find_content(const Site& site, Kind kind, std::string_view project_id, std::string_view name) {
  for (const Item* item : site.children(kind, project_id))
    if (base::equal_ignoring_case(item->get("name"), name)) return item;
  return nullptr;
}

std::string letters_and_digits(std::string_view name) {
  std::string url;
  for (const char c : name)
    if ((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_') url += c;
  return url;
}

std::string free_content_url(Site& site, Kind kind, std::string_view name) {
  std::string url = letters_and_digits(name);
  if (url.empty()) url = rule_of(kind).called;  // a name in another script
  std::string candidate = url;
  while (site.at_content_url(kind, candidate) != nullptr) candidate = fmt::format("{}_{}", url, site.next_number());
  return candidate;
}

uint64_t megabytes(uint64_t size_bytes) {
  constexpr uint64_t kMegabyte = uint64_t{1} << 20;
  return std::max<uint64_t>(1, (size_bytes + kMegabyte / 2) / kMegabyte);
}

}  // namespace tabferry::sim
