// What hangs on the content of a made site: older revisions, custom views; and virtual connections.
#include <fmt/format.h>

#include <algorithm>

#include "doc/json.h"
#include "sim/make/bodies.h"
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

Item revision_of(const Item& content, uint64_t revision, const Item& file, const std::string& time) {
  Item item(Kind::revision, fmt::format("{}/{}", content.id(), revision));
  item.set("content", content.id()).set_number("revisionNumber", revision).set("publishedAt", time);
  item.set("publisher", content.get("owner")).set_flag("deleted", false);
  item.set("_file", file.get("_file")).set("_fileType", file.get("_fileType"));
  return item.set("_sizeBytes", file.get("_sizeBytes")).set("sizeInBytes", file.get("_sizeBytes"));
}

// The newest one is the item itself. The older ones have the files of the items behind it, so that each differs.
void make_revisions(Making& making, Kind kind) {
  const auto& ids = making.ids(kind);
  for (size_t at = 0; at < ids.size() && making.counts().revisions > 0; at += 3) {
    const Item& content = making.site().at(kind, ids[at]);
    for (uint64_t number = 1; number <= making.counts().revisions; ++number) {
      const Item& other = making.site().at(kind, ids[(at + number) % ids.size()]);
      making.put(revision_of(content, number, other, content.get("createdAt")));
    }
    Item newest = content;
    making.site().put(newest.set_number("_revision", making.counts().revisions + 1));
  }
}

void make_custom_view(Making& making, const std::vector<Body>& bodies, uint64_t number) {
  Dice dice = making.dice(Kind::custom_view, number);
  const Item& view = making.site().at(Kind::view, making.any(Kind::view, dice));
  const Body& body = bodies[number % bodies.size()];
  const std::string created = Making::past_time(dice), updated = Making::later_than(created, dice);
  Item item = making.item(Kind::custom_view, number);
  item.set("name", "My " + name_of(Named::sheet, number)).set("view", view.id()).set("workbook", view.get("workbook"));
  item.set("owner", making.any(Kind::user, dice)).set_flag("shared", number % 2 == 0);
  item.set("createdAt", created).set("updatedAt", updated).set("lastAccessedAt", Making::later_than(updated, dice));
  item.set("_file", body.file).set("_fileType", body.file_type).set_number("_sizeBytes", body.size_bytes);
  if (number % 4 == 0) item.put_part(Node("_defaultUsers").add(Node("user").with("id", item.get("owner"))).as_list());
  making.put(std::move(item));
}

// What a virtual connection is made of, as JSON: the REST API hands it on as text.
std::string contents_of(uint64_t number) {
  const doc::Json policy = {{"name", fmt::format("rows of {}", number)}, {"filter", "[region] <> 'A & B' ]]> \"c\""}};
  const doc::Json connection = {
      {"class", "postgres"}, {"server", "orders-db.example.com"}, {"tables", {"orders", "customers"}}};
  return doc::Json({{"policyCollection", {{"policies", {policy}}}},
                    {"revision", {{"number", 1}}},
                    {"connections", {connection}}})
      .dump();
}

void make_virtual_connection(Making& making, uint64_t number) {
  Dice dice = making.dice(Kind::virtual_connection, number);
  Item item = making.item(Kind::virtual_connection, number);
  const std::string created = Making::past_time(dice);
  item.set("name", name_of(Named::connection, number))
      .set("project", making.any(Kind::project, dice))
      .set("owner", making.any(Kind::user, dice));
  item.set("createdAt", created)
      .set("updatedAt", Making::later_than(created, dice))
      .set("_content", contents_of(number));
  item.set_number("_sizeBytes", item.get("_content").size())
      .set("_publishedAt", item.get("updatedAt"))
      .set("_publisher", item.get("owner"));
  item.set("webpageUrl",
           fmt::format("https://tableau.example.com/#/site/demo/virtualconnections/{}", making.next_number()));
  item.set_flag("isCertified", number % 4 == 0).set_flag("hasExtracts", false).put_part(Node("tags").as_list());
  const std::string id = making.put(std::move(item));
  Item connection = making.item(Kind::connection, number, "of virtual connections");
  connection.set("content", id).set("dbClass", "postgres").set("type", "postgres").set("userName", "reader");
  making.put(connection.set("serverAddress", "orders-db.example.com")
                 .set("serverPort", "5432")
                 .set_flag("embedPassword", false));
}

}  // namespace

void make_about_content(Making& making, const Bodies& bodies) {
  for (const Kind kind : {Kind::workbook, Kind::datasource, Kind::flow}) make_revisions(making, kind);
  std::vector<Body> made;
  const uint64_t custom_views = making.ids(Kind::view).empty() ? 0 : making.counts().custom_views;
  for (uint64_t number = 0; number < std::min(custom_views, making.order().bodies); ++number)
    made.push_back(bodies.custom_view(number, name_of(Named::sheet, number)));
  for (uint64_t number = 0; number < custom_views; ++number) make_custom_view(making, made, number);
  for (uint64_t number = 0; number < making.counts().virtual_connections; ++number)
    make_virtual_connection(making, number);
}

}  // namespace tabferry::sim::make
