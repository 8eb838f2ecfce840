#include "sim/content/erase.h"

#include <algorithm>
#include <array>

#include "sim/content/grants.h"

namespace tabferry::sim {
namespace {

// They point at content and are nothing without it.
constexpr std::array kPointers = {Kind::favorite,   Kind::extract_task, Kind::flow_task, Kind::subscription,
                                  Kind::data_alert, Kind::custom_view,  Kind::label,     Kind::quality_warning};
// They belong to it by their parent field.
constexpr std::array kBelongings = {Kind::view,        Kind::revision, Kind::connection,
                                    Kind::custom_view, Kind::table,    Kind::column};

bool names(const Node& node, const std::string& id) {
  return node.attribute("id") == id ||
         std::any_of(node.children.begin(), node.children.end(), [&](const Node& child) { return names(child, id); });
}

// LUIDs are unique on a site: whatever field holds this one, it means this item.
bool points_at(const Item& item, const std::string& id) {
  const auto& fields = item.fields();
  const auto& parts = item.parts();
  return std::any_of(fields.begin(), fields.end(), [&](const auto& field) { return field.second == id; }) ||
         std::any_of(parts.begin(), parts.end(), [&](const Node& part) { return names(part, id); });
}

std::vector<std::pair<Kind, std::string>> followers_of(const Site& site, const Item& item) {
  std::vector<std::pair<Kind, std::string>> found;
  for (const Kind kind : kBelongings)
    for (const Item* belonging : site.children(kind, item.id())) found.emplace_back(kind, belonging->id());
  for (const Kind kind : kPointers)
    for (const auto& [id, pointer] : site.all(kind))
      if (points_at(pointer, item.id())) found.emplace_back(kind, id);
  return found;
}

}  // namespace

void erase_content(Desk& desk, const Item& item) {
  const Kind kind = item.kind();
  const std::string id = item.id();
  const auto followers = followers_of(desk.site, item);
  forget_grants(desk.site, item);
  desk.site.erase(kind, id);
  for (const auto& [follower_kind, follower_id] : followers)
    if (const Item* follower = desk.site.find(follower_kind, follower_id)) erase_content(desk, *follower);
}

}  // namespace tabferry::sim
