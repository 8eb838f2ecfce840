#include "sim/catalog/metadata_types.h"

#include <algorithm>

#include "base/hash.h"
#include "doc/json.h"

namespace tabferry::sim::metadata {
namespace {

using graphql::Field;

Json text_or_null(const std::string& text) { return text.empty() ? Json(nullptr) : Json(text); }

Resolve text(std::string field) {
  return [field](Asking&, const Item& item, const Field&) { return text_or_null(item.get(field)); };
}

Resolve flag(std::string field) {
  return [field](Asking&, const Item& item, const Field&) { return Json(item.flag(field)); };
}

Json luid_of(Asking&, const Item& item, const Field&) { return item.id(); }

// The Metadata API's own id is another one than the REST API's.
Json id_of(Asking&, const Item& item, const Field&) {
  const std::string hash = base::sha256_hex("metadata " + item.id());
  return fmt::format("{}-{}-{}-{}-{}", hash.substr(0, 8), hash.substr(8, 4), hash.substr(12, 4), hash.substr(16, 4),
                     hash.substr(20, 12));
}

// The latest of these times.
std::string latest_of(const Item& item, std::initializer_list<std::string_view> fields) {
  std::string latest;
  for (const auto field : fields) latest = std::max(latest, item.get(field));
  return latest;
}

Json last_refresh(Asking&, const Item& item, const Field&) {
  return text_or_null(latest_of(item, {"_extractLastRefreshTime", "_extractRefreshedAt"}));
}

Json last_update(Asking&, const Item& item, const Field&) {
  if (!item.flag("hasExtracts")) return nullptr;
  return text_or_null(latest_of(item, {"_extractLastUpdateTime", "_extractLastRefreshTime", "_extractRefreshedAt",
                                       "_extractLastIncrementalUpdateTime", "_publishedAt", "createdAt"}));
}

Type with(Type first, Type second) {
  first.merge(second);
  return first;
}

Type extract_times() {
  return {{"hasExtracts", flag("hasExtracts")},
          {"extractLastRefreshTime", last_refresh},
          {"extractLastIncrementalUpdateTime", text("_extractLastIncrementalUpdateTime")},
          {"extractLastUpdateTime", last_update}};
}

Json owner_of(Asking& asking, const Item& item, const Field& field) {
  static const Type type = {{"id", id_of},
                            {"luid", luid_of},
                            {"name", text("fullName")},
                            {"username", text("name")},
                            {"email", text("email")}};
  const Item nobody(Kind::user, "");
  const Item* owner = asking.desk.site.find(Kind::user, item.get("owner"));
  if (owner == nullptr && item.id().empty()) owner = &nobody;
  return owner == nullptr ? Json(nullptr) : selected_of(asking, *owner, field, "TableauUser", type);
}

Json project_name(Asking& asking, const Item& item, const Field&) {
  const Item* project = asking.desk.site.find(Kind::project, item.get("project"));
  return project == nullptr ? Json("Personal Space") : Json(project->get("name"));
}

Type content_fields() {
  return {{"id", id_of},
          {"luid", luid_of},
          {"name", text("name")},
          {"description", text("description")},
          {"createdAt", text("createdAt")},
          {"updatedAt", text("updatedAt")},
          {"projectName", project_name},
          {"projectLuid", text("project")},
          {"owner", owner_of}};
}

// By name, and the id of a connection. Links to published data sources are none of a workbook's own.
std::map<std::string, std::string> embedded_in(const Site& site, const Item& workbook) {
  std::map<std::string, std::string> names;
  for (const Item* connection : site.children(Kind::connection, workbook.id()))
    if (const std::string& name = connection->get("_datasourceName"); connection->get("type") != "sqlproxy")
      names.emplace(name.empty() ? workbook.get("name") : name, connection->id());
  if (names.empty() && (workbook.flag("hasExtracts") || workbook.id().empty()))
    names.emplace(workbook.get("name"), workbook.id());
  return names;
}

// A workbook has no extract times of its own in that schema; those of its data sources are the workbook's here, as its
// refreshes refresh them all.
Json embedded_of(Asking& asking, const Item& workbook, const Field& field) {
  static const Type type =
      with({{"id", id_of}, {"name", text("name")}, {"createdAt", text("createdAt")}, {"updatedAt", text("updatedAt")}},
           extract_times());
  Json all = Json::array();
  for (const auto& [name, id] : embedded_in(asking.desk.site, workbook)) {
    Item embedded(Kind::datasource, id);
    for (const auto& [key, value] : workbook.fields()) embedded.set(key, value);
    all.push_back(selected_of(asking, embedded.set("name", name), field, "EmbeddedDatasource", type));
  }
  return all;
}

}  // namespace

const Type& workbook_type() {
  static const Type type = with(content_fields(), {{"embeddedDatasources", embedded_of}});
  return type;
}

const Type& datasource_type() {
  static const Type type =
      with(with(content_fields(), extract_times()),
           {{"isCertified", flag("isCertified")}, {"certificationNote", text("certificationNote")}});
  return type;
}

Json selected_of(Asking& asking, const Item& item, const Field& field, std::string_view type_name, const Type& type) {
  Json answer = Json::object();
  if (field.fields.empty())
    report(asking, field,
           fmt::format("Validation error of type SubSelectionRequired: Sub selection required for type {} of "
                       "field {}",
                       type_name, field.name));
  for (const auto& one : field.fields) {
    const auto at = type.find(one.name);
    if (one.name == "__typename")
      answer[one.alias] = type_name;
    else if (at == type.end())
      report_undefined(asking, one, type_name);
    else
      answer[one.alias] = at->second(asking, item, one);
  }
  return answer;
}

void report(Asking& asking, const Field& field, const std::string& message) {
  asking.errors.push_back({{"message", message},
                           {"locations", Json::array({{{"line", field.line}, {"column", field.column}}})},
                           {"extensions", {{"classification", "ValidationError"}}}});
}

void report_undefined(Asking& asking, const Field& field, std::string_view type) {
  report(asking, field,
         fmt::format("Validation error of type FieldUndefined: Field '{0}' in type '{1}' is undefined @ '{0}'",
                     field.name, type));
}

}  // namespace tabferry::sim::metadata
