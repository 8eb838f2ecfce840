#include "backup/natural_keys.h"

#include <fmt/format.h>

#include <optional>

#include "backup/content_kinds.h"
#include "base/text.h"
#include "tableau/json_text.h"
#include "tableau/kinds.h"

namespace tabferry::backup {
namespace {

using tableau::text_at;

constexpr int kDeepest = 50;  // a project that is its own ancestor ends somewhere

bool is_in_a_project(std::string_view kind) { return content_kind(kind) != nullptr || kind == "metrics"; }

std::string escaped(std::string_view name) {
  std::string text;
  for (const char c : name) {
    if (c == '/') text += '\\';
    text += c;
  }
  return text;
}

std::string joined(const std::string& above, const std::string& name) {
  return above.empty() ? name : fmt::format("{}/{}", above, name);
}

std::string with_domain(const doc::Json& item) {
  const std::string domain = text_at(item, "domain/name");
  const std::string name = text_at(item, "name");
  if (domain.empty() || base::equal_ignoring_case(domain, "local") || base::equal_ignoring_case(domain, "external"))
    return name;
  return fmt::format("{}\\{}", domain, name);
}

// "Sales/sheets/Overview" -> "Overview"
std::string last_part(const std::string& url) { return url.substr(url.rfind('/') + 1); }

std::string url_name_of(const doc::Json& view) {
  if (std::string name = text_at(view, "viewUrlName"); !name.empty()) return name;
  const std::string url = text_at(view, "contentUrl");
  return url.empty() ? text_at(view, "name") : last_part(url);
}

// Of the item's own id as well.
std::optional<std::string> key_behind(const std::string& name) {
  return name == "id" || name == "luid" ? std::optional<std::string>("naturalKey") : key_beside(name);
}

}  // namespace

std::string id_of(std::string_view kind, const doc::Json& item) {
  const tableau::ListedKind* row = tableau::listed_kind(kind);
  return text_at(item, row == nullptr ? "id" : row->id_path);
}

bool is_personal(const doc::Json& item) { return text_at(item, "location/type") == "PersonalSpace"; }

std::optional<std::string> key_beside(std::string_view name) {
  for (const std::string_view ending : {"_id", "_luid", "Id", "Luid"})
    if (name.size() > ending.size() && name.ends_with(ending))
      return fmt::format("{}NaturalKey", name.substr(0, name.size() - ending.size()));
  return std::nullopt;
}

NaturalKeys::Record NaturalKeys::record_of(std::string_view kind, const doc::Json& item) {
  using Form = Record::Form;
  Record record{.form = Form::plain,
                .name = tableau::first_text_at(item, {"name", "metadata/name"}),
                .above = {},
                .above_name = {},
                .owner = text_at(item, "owner/id"),
                .owner_name = text_at(item, "owner/name")};
  if (kind == "users" || kind == "groups") {
    record.name = with_domain(item);
  } else if (kind == "projects") {
    record.form = Form::project;
    record.above = text_at(item, "parentProjectId");
  } else if (kind == "views") {
    record.form = Form::view;
    record.name = url_name_of(item);
    record.above = text_at(item, "workbook/id");
    record.above_name = text_at(item, "workbook/name");
  } else if (kind == "custom_views") {
    record.form = Form::custom_view;
    record.above = text_at(item, "view/id");
    record.above_name = text_at(item, "view/name");
  } else if (is_in_a_project(kind)) {
    record.form = is_personal(item) ? Form::personal : Form::content;
    record.above = tableau::first_text_at(item, {"project/id", "location/id"});
    record.above_name = tableau::first_text_at(item, {"project/name", "location/name"});
  }
  return record;
}

void NaturalKeys::learn(std::string_view kind, const doc::Json& item) {
  const std::string id = id_of(kind, item);
  Record record = record_of(kind, item);
  if (!id.empty() && !record.name.empty()) records_.insert_or_assign(id, std::move(record));
}

std::string NaturalKeys::key_of_owner(const Record& record) const {
  const std::string key = of(record.owner);
  return escaped(key.empty() ? record.owner_name : key);
}

std::string NaturalKeys::key_above(const Record& record, int depth) const {
  const auto found = records_.find(record.above);
  return found == records_.end() || depth == kDeepest ? escaped(record.above_name) : key_of(found->second, depth + 1);
}

std::string NaturalKeys::key_of(const Record& record, int depth) const {
  using Form = Record::Form;
  switch (record.form) {
    case Form::plain:
      return record.name;
    case Form::personal:
      return fmt::format("Personal Space/{}/{}", key_of_owner(record), escaped(record.name));
    case Form::custom_view:
      return fmt::format("{}/{}/{}", key_above(record, depth), key_of_owner(record), escaped(record.name));
    case Form::project:
    case Form::content:
    case Form::view:
      break;
  }
  return joined(key_above(record, depth), escaped(record.name));
}

std::string NaturalKeys::of(std::string_view id) const {
  const auto found = records_.find(std::string(id));
  return found == records_.end() ? "" : key_of(found->second, 0);
}

void NaturalKeys::add(doc::Json& json) const {
  if (json.is_array())
    for (auto& one : json) add(one);
  if (!json.is_object()) return;
  doc::Json with_keys = doc::Json::object();
  for (const auto& member : json.items()) {
    doc::Json& value = with_keys[member.key()] = std::move(member.value());
    if (value.is_structured()) add(value);
    const auto beside = value.is_string() ? key_behind(member.key()) : std::nullopt;
    if (!beside || json.contains(*beside)) continue;
    if (std::string key = of(value.get_ref<const std::string&>()); !key.empty()) with_keys[*beside] = std::move(key);
  }
  json = std::move(with_keys);
}

}  // namespace tabferry::backup
