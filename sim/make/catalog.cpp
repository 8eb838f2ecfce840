// What is said about the content of a made site: favorites, collections, labels, warnings, databases, Pulse.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "doc/json.h"
#include "sim/core/kinds.h"
#include "sim/make/making.h"
#include "sim/make/names.h"

namespace tabferry::sim::make {
namespace {

constexpr std::array kContent = {Kind::workbook, Kind::datasource, Kind::view, Kind::project, Kind::flow};

std::vector<Kind> content_that_is_there(const Making& making) {
  std::vector<Kind> there;
  std::copy_if(kContent.begin(), kContent.end(), std::back_inserter(there),
               [&](Kind kind) { return !making.ids(kind).empty(); });
  return there;
}

// A label is unique among a user's favorites of a kind, and so is what it marks.
void make_favorites(Making& making, uint64_t user_number, const std::string& user) {
  const auto kinds = content_that_is_there(making);
  Dice dice = making.dice(Kind::favorite, user_number);
  for (uint64_t position = 0; position < making.counts().favorites && !kinds.empty(); ++position) {
    const Kind kind = kinds[(user_number + position) % kinds.size()];
    const auto& ids = making.ids(kind);
    const std::string& content = ids[(user_number + position) % ids.size()];
    Item item = making.item(Kind::favorite, user_number * 1000 + position);
    item.set("user", user).set(rule_of(kind).element, content).set_number("position", position + 1);
    item.set("label", fmt::format("{} ★ {}", making.site().at(kind, content).get("name"), position));
    if (!making.site().find(Kind::favorite, item.id())) making.put(item.set("addedAt", Making::past_time(dice)));
  }
}

void make_collection(Making& making, uint64_t number) {
  const auto kinds = content_that_is_there(making);
  Dice dice = making.dice(Kind::collection, number);
  const std::string created = Making::past_time(dice);
  Item item = making.item(Kind::collection, number);
  item.set("name", name_of(Named::collection, number)).set("description", description_of(number));
  item.set("owner", making.any(Kind::user, dice)).set("visibility", number % 2 == 0 ? "public" : "private");
  item.set("createdAt", created).set("updatedAt", Making::later_than(created, dice));
  Node items("items");
  for (uint64_t at = 0; at < 5 && !kinds.empty(); ++at) {
    const Kind kind = kinds[at % kinds.size()];
    items.add(Node("item").with("id", making.any(kind, dice)).with("type", rule_of(kind).element));
  }
  making.put(item.put_part(items.as_list()));
}

void set_content(Making& making, Item& item, Kind kind, uint64_t number) {
  const auto& ids = making.ids(kind);
  item.set("contentId", ids[number % ids.size()])
      .set("contentType", rule_of(kind).element)
      .set("content", item.get("contentId"));
}

void make_label(Making& making, uint64_t number) {
  constexpr std::array<std::pair<const char*, const char*>, 4> kValues = {{{"certification", "certification"},
                                                                           {"warning", "warning"},
                                                                           {"sensitivity", "sensitive"},
                                                                           {"warning", "deprecated"}}};
  const Kind kind = making.ids(Kind::datasource).empty() ? Kind::workbook : Kind::datasource;
  if (making.ids(kind).empty()) return;
  Dice dice = making.dice(Kind::label, number);
  const std::string owner = making.any(Kind::user, dice), created = Making::past_time(dice);
  Item item = making.item(Kind::label, number);
  set_content(making, item, kind, number);
  item.set("category", kValues[number % kValues.size()].first).set("value", kValues[number % kValues.size()].second);
  item.set("message", description_of(number)).set_flag("active", true).set_flag("elevated", number % 7 == 0);
  item.set("owner", owner).set("userDisplayName", making.site().at(Kind::user, owner).get("fullName"));
  making.put(item.set("createdAt", created).set("updatedAt", Making::later_than(created, dice)));
}

void make_warning(Making& making, uint64_t number) {
  constexpr std::array kTypes = {"WARNING", "DEPRECATED", "STALE", "SENSITIVE_DATA", "MAINTENANCE"};
  const Kind kind = number % 2 == 0 && !making.ids(Kind::flow).empty() ? Kind::flow : Kind::datasource;
  if (making.ids(kind).empty()) return;
  Dice dice = making.dice(Kind::quality_warning, number);
  const std::string owner = making.any(Kind::user, dice), created = Making::past_time(dice);
  Item item = making.item(Kind::quality_warning, number);
  set_content(making, item, kind, number);
  item.set("type", kTypes[number % kTypes.size()])
      .set("message", "Do \"not\" use <this> & that ]]>")
      .set_flag("isActive", true);
  item.set_flag("isSevere", number % 3 == 0).set("owner", owner);
  item.set("userDisplayName", making.site().at(Kind::user, owner).get("fullName"));
  making.put(item.set("createdAt", created).set("updatedAt", Making::later_than(created, dice)));
}

void make_database(Making& making, uint64_t number) {
  constexpr std::array kTables = {"orders", "customers", "Lager & \"Größe\"", "sensor_values", "visits"};
  constexpr std::array kColumns = {"id", "name <raw>", "created_at"};
  const std::string database = making.put(making.item(Kind::database, number)
                                              .set("name", fmt::format("shop {}", number))
                                              .set("connectionType", "postgres")
                                              .set("type", "DatabaseServer")
                                              .set("hostName", "orders-db.example.com")
                                              .set("port", "5432")
                                              .set("description", description_of(number))
                                              .set("contentPermissions", "ManagedByOwner")
                                              .set_flag("isEmbedded", false)
                                              .set_flag("isCertified", number % 2 == 0));
  for (size_t at = 0; at < kTables.size(); ++at) {
    const uint64_t table_number = number * kTables.size() + at;
    const std::string table = making.put(making.item(Kind::table, table_number)
                                             .set("database", database)
                                             .set("name", kTables[at])
                                             .set("schema", "public")
                                             .set("description", description_of(table_number))
                                             .set_flag("isEmbedded", false)
                                             .set_flag("isCertified", at == 0));
    for (size_t column = 0; column < kColumns.size(); ++column)
      making.put(making.item(Kind::column, table_number * kColumns.size() + column)
                     .set("table", table)
                     .set("name", kColumns[column])
                     .set("description", description_of(column))
                     .set("remoteType", column == 0 ? "I8" : "WSTR"));
  }
}

// Pulse speaks JSON alone (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_pulse.htm): an item
// holds its document in `_document`.
void make_pulse(Making& making, uint64_t number) {
  if (making.ids(Kind::datasource).empty()) return;
  Dice dice = making.dice(Kind::pulse_definition, number);
  const Item& source = making.site().at(Kind::datasource, making.any(Kind::datasource, dice));
  Item definition = making.item(Kind::pulse_definition, number);
  const doc::Json document = {
      {"metadata",
       {{"name", "Pulse of " + source.get("name")}, {"description", description_of(number)}, {"id", definition.id()}}},
      {"specification",
       {{"datasource", {{"id", source.id()}}},
        {"basic_specification",
         {{"measure", {{"field", "amount"}, {"aggregation", "AGGREGATION_SUM"}}},
          {"time_dimension", {{"field", "order_date"}}},
          {"filters", doc::Json::array()}}},
        {"is_running_total", false}}}};
  definition.set("name", "Pulse of " + source.get("name"))
      .set("datasource", source.id())
      .set("_document", document.dump());
  const std::string id = making.put(std::move(definition));
  for (uint64_t at = 0; at < 2; ++at) {
    Item metric = making.item(Kind::pulse_metric, 2 * number + at);
    const doc::Json said = {{"id", metric.id()},
                            {"definition_id", id},
                            {"is_default", at == 0},
                            {"specification",
                             {{"filters", doc::Json::array()},
                              {"measurement_period",
                               {{"granularity", at == 0 ? "GRANULARITY_BY_MONTH" : "GRANULARITY_BY_WEEK"},
                                {"range", "RANGE_CURRENT_PARTIAL"}}}}}};
    const std::string metric_id =
        making.put(metric.set("definition", id).set_flag("isDefault", at == 0).set("_document", said.dump()));
    Item subscription = making.item(Kind::pulse_subscription, 2 * number + at);
    making.put(subscription.set("metric", metric_id).set("user", making.any(Kind::user, dice)));
  }
}

}  // namespace

void make_catalog(Making& making) {
  const Counts& counts = making.counts();
  const std::vector<std::string> users = making.ids(Kind::user);
  for (size_t at = 0; at < users.size(); ++at) make_favorites(making, at, users[at]);
  const auto times = [&](uint64_t count, const auto& make) {
    for (uint64_t number = 0; number < count; ++number) make(making, number);
  };
  times(counts.collections, make_collection);
  times(counts.labels, make_label);
  times(counts.warnings, make_warning);
  times(counts.databases, make_database);
  times(counts.pulse, make_pulse);
}

}  // namespace tabferry::sim::make
