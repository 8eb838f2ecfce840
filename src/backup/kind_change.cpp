#include "backup/kind_change.h"

#include "backup/json_fields.h"
#include "base/error.h"

namespace tabferry::backup {
namespace {

using What = KindChange::Named::What;

constexpr What kWhats[] = {What::added, What::changed, What::removed};

// Throws Error{corrupt} for what is none.
KindChange known_change_of(const doc::Json& json, const std::string& where) {
  if (!json.is_object()) base::fail(base::ErrorKind::corrupt, "{}: a change of metadata is no object", where);
  KindChange change{.kind = text_in(json, "kind", where),
                    .added = number_in(json, "added", where),
                    .changed = number_in(json, "changed", where),
                    .removed = number_in(json, "removed", where),
                    .named = {},
                    .unknown = text_in(json, "unknown", where)};
  if (const auto named = json.find("named"); named != json.end())
    for (const auto& one : *named)
      change.named.push_back({.what = enum_in(one, "what", kWhats, name_of, where),
                              .item = text_in(one, "item", where),
                              .how = text_in(one, "how", where)});
  return change;
}

std::string kind_in(const doc::Json& json) {
  const auto kind = json.find("kind");
  return kind != json.end() && kind->is_string() ? kind->get<std::string>() : "";
}

}  // namespace

std::string_view name_of(What what) {
  switch (what) {
    case What::added:
      return "added";
    case What::changed:
      return "changed";
    case What::removed:
      break;
  }
  return "removed";
}

doc::Json to_json(const KindChange& change) {
  doc::Json json = {{"kind", change.kind}};
  if (!change.unknown.empty()) {
    json["unknown"] = change.unknown;
    return json;
  }
  json["added"] = change.added;
  json["changed"] = change.changed;
  json["removed"] = change.removed;
  auto& named = json["named"] = doc::Json::array();
  for (const auto& one : change.named) {
    named.push_back({{"what", name_of(one.what)}, {"item", one.item}});
    put(named.back(), "how", one.how);
  }
  return json;
}

KindChange kind_change_of(const doc::Json& json, const std::string& where) {
  try {
    return known_change_of(json, where);
  } catch (const base::Error& error) {
    return {.kind = kind_in(json), .named = {}, .unknown = error.what()};
  }
}

}  // namespace tabferry::backup
