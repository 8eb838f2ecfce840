// Revisions (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_revisions.htm). Those of flows are
// not in the reference; clients ask for them in the same way.
#include "sim/content/revisions.h"

#include <algorithm>
#include <charconv>

#include "sim/content/content_type.h"
#include "sim/content/download.h"
#include "sim/core/access.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"

namespace tabferry::sim {
namespace {

constexpr uint64_t kDefaultLimit = 25;  // on Server

bool keeps_history(const Site& site) { return site.self().get("revisionHistoryEnabled") != "false"; }

uint64_t limit_of(const Site& site) {
  const std::string& limit = site.self().get("revisionLimit");
  if (limit == "-1") return UINT64_MAX;
  const uint64_t number = site.self().number("revisionLimit");
  return number > 0 ? number : kDefaultLimit;
}

// When it was published and by whom; what a maker of sites did not say is taken from the item.
const std::string& published_at(const Item& content) {
  for (const char* field : {"_publishedAt", "lastPublishedAt", "updatedAt"})
    if (content.has(field)) return content.get(field);
  return content.get("createdAt");
}

const std::string& publisher_of(const Item& content) {
  return content.get(content.has("_publisher") ? "_publisher" : "owner");
}

Item revision_of(const Item& content) {
  const uint64_t number = current_revision(content);
  Item revision(Kind::revision, fmt::format("{}/{}", content.id(), number));
  revision.set("content", content.id()).set_number("revisionNumber", number);
  revision.set("publishedAt", published_at(content)).set("publisher", publisher_of(content));
  revision.set("sizeInBytes", content.get("_sizeBytes")).set("_file", content.get("_file"));
  return revision.set("_fileType", content.get("_fileType"));
}

std::vector<Item> revisions_of(const Site& site, const Item& content) {
  std::vector<Item> revisions;
  for (const Item* revision : site.children(Kind::revision, content.id())) revisions.push_back(*revision);
  revisions.push_back(revision_of(content));
  std::sort(revisions.begin(), revisions.end(),
            [](const Item& a, const Item& b) { return a.number("revisionNumber") < b.number("revisionNumber"); });
  return revisions;
}

Node node_of(const Site& site, const Item& revision, bool is_current) {
  Node node("revision");
  node.with_number("revisionNumber", revision.number("revisionNumber"));
  node.with("publishedAt", revision.get("publishedAt"));
  node.with_flag("deleted", revision.flag("deleted")).with_flag("current", is_current);
  if (!revision.get("sizeInBytes").empty()) node.with("sizeInBytes", revision.get("sizeInBytes"));
  return node.add(reference(site, Kind::user, "publisher", revision.get("publisher"), "id name"));
}

const Item& content_with_history(const Desk& desk, Kind kind, const Call& call) {
  const Item& content = asked_item(desk, call, kind, "Read");
  if (!keeps_history(desk.site)) refuse(403053, "Revision history is not turned on for this site.");
  return content;
}

template <Kind kind>
Reply query_revisions(Desk& desk, const Call& call) {
  return revisions_page(desk, call, content_with_history(desk, kind, call));
}

// An old revision that is still there.
const Item& old_revision(const Desk& desk, const Item& content, const std::string& number) {
  if (number == std::to_string(current_revision(content)))
    refuse(403055, "Revision {} is the current one: it cannot be downloaded or removed as a revision.", number);
  const Item* revision = desk.site.find(Kind::revision, fmt::format("{}/{}", content.id(), number));
  if (revision == nullptr || revision->flag("deleted")) refuse(404024, "Revision '{}' could not be found.", number);
  return *revision;
}

template <Kind kind>
Reply download_revision(Simulator& simulator, Call& call) {
  return download(simulator, call, [](const Desk& desk, const Call& asked) -> Downloaded {
    const Item& content = content_with_history(desk, kind, asked);
    require(desk.site, *desk.user, content, "ExportXml", content_type_of(kind).no_download);
    const Item& revision = old_revision(desk, content, asked.parameter("number"));
    return {content, revision.get("_file"), revision.get("_fileType")};
  });
}

// It stays in the list, as deleted [INF].
template <Kind kind>
Reply delete_revision(Desk& desk, const Call& call) {
  const Item& content = content_with_history(desk, kind, call);
  require(desk.site, *desk.user, content, "Write", 403004);
  Item revision = old_revision(desk, content, call.parameter("number"));
  desk.site.put(revision.set_flag("deleted", true).unset("_file"));
  return {.status = 204};
}

template <Kind kind>
void add_routes(std::vector<Route>& routes, std::string_view list, std::string_view one, std::string_view content,
                int since) {
  routes.push_back({"GET", list, query_revisions<kind>, {.since = since}});
  routes.push_back({"GET", content, download_revision<kind>, {.since = since}});
  routes.push_back({"DELETE", one, delete_revision<kind>, {.since = since}});
}

}  // namespace

uint64_t current_revision(const Item& content) { return content.has("_revision") ? content.number("_revision") : 1; }

Reply revisions_page(const Desk& desk, const Call& call, const Item& content) {
  const auto revisions = revisions_of(desk.site, content);
  std::vector<const Item*> items;
  for (const Item& revision : revisions) items.push_back(&revision);
  return paged(desk, call, Kind::revision, std::move(items), [&](const Item& revision, Detail) {
    return node_of(desk.site, revision, revision.number("revisionNumber") == current_revision(content));
  });
}

void keep_revision(Desk& desk, const Item& current, Item& next) {
  const uint64_t number = current_revision(current) + 1;
  next.set_number("_revision", number);
  if (keeps_history(desk.site)) desk.site.put(revision_of(current));
  const uint64_t limit = limit_of(desk.site);
  const uint64_t oldest = number >= limit ? number - limit + 1 : 0;
  std::vector<std::string> gone;
  for (const Item* revision : desk.site.children(Kind::revision, current.id()))
    if (revision->number("revisionNumber") < oldest) gone.push_back(revision->id());
  for (const auto& id : gone) desk.site.erase(Kind::revision, id);
}

std::vector<Route> revision_routes() {
  std::vector<Route> routes;
  add_routes<Kind::workbook>(routes, "sites/{site}/workbooks/{id}/revisions",
                             "sites/{site}/workbooks/{id}/revisions/{number}",
                             "sites/{site}/workbooks/{id}/revisions/{number}/content", 203);
  add_routes<Kind::datasource>(routes, "sites/{site}/datasources/{id}/revisions",
                               "sites/{site}/datasources/{id}/revisions/{number}",
                               "sites/{site}/datasources/{id}/revisions/{number}/content", 203);
  add_routes<Kind::flow>(routes, "sites/{site}/flows/{id}/revisions", "sites/{site}/flows/{id}/revisions/{number}",
                         "sites/{site}/flows/{id}/revisions/{number}/content", 303);
  return routes;
}

}  // namespace tabferry::sim
