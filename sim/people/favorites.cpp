// Favorites (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_favorites.htm).
#include "sim/people/favorites.h"

#include <algorithm>
#include <array>

#include "base/text.h"
#include "sim/core/access.h"
#include "sim/core/ids.h"
#include "sim/core/kinds.h"
#include "sim/core/list.h"
#include "sim/core/routes.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

constexpr std::array kKinds = {Kind::workbook, Kind::view, Kind::datasource,
                               Kind::project,  Kind::flow, Kind::collection};

void add_if_known(Node& node, std::string_view attribute, const Site& site, Kind kind, const std::string& id) {
  if (const Item* item = site.find(kind, id)) node.with(attribute, item->get("name"));
}

// A view stands where its workbook does, and a project in the one above it.
const std::string& project_of(const Site& site, const Item& target) {
  if (target.kind() == Kind::project) return target.get("parentProjectId");
  const Item* workbook = target.kind() == Kind::view ? site.find(Kind::workbook, target.get("workbook")) : nullptr;
  return workbook != nullptr ? workbook->get("project") : target.get("project");
}

Node node_of(const Desk& desk, const Item& favorite) {
  const Item& target = *target_of(desk.site, favorite);
  Node node = rendered(desk.site, favorite, Detail::listed);
  std::erase_if(node.attributes, [](const auto& attribute) { return attribute.name == "id"; });
  add_if_known(node, "parentProjectName", desk.site, Kind::project, project_of(desk.site, target));
  add_if_known(node, "targetOwnerName", desk.site, Kind::user, target.get("owner"));
  return node.add(rendered(desk.site, target, Detail::listed));
}

Reply query_favorites(Desk& desk, const Call& call) {
  return paged(desk, call, Kind::favorite, favorites_of(desk, user_of_favorites(desk, call)),
               [&desk](const Item& favorite, Detail) { return node_of(desk, favorite); });
}

struct Wish {
  Kind kind;
  std::string target;
  std::string label;
};

Wish wish_of(const Desk& desk, const Node& asked) {
  if (asked.children.size() != 1)
    refuse(400000, "Payload is either malformed or incomplete. A favorite has one target.");
  const Node& target = asked.children[0];
  const auto kind = favorite_kind(target.name);
  if (!kind || rule_of(*kind).element != target.name)
    refuse(400000, "unexpected element (uri:\"\", local:\"{}\") in 'favorite'.", target.name);
  expect_only(asked, {"label"}, {target.name});
  expect_only(target, {"id"}, {});
  const std::string label(base::trim(asked.attribute_or("label", "")));
  if (label.empty()) refuse(400005, "The label of a favorite cannot be empty.");
  const Item& item = desk.site.at(*kind, target.attribute_or("id", ""));
  if (!is_visible(desk.site, *desk.user, item))
    refuse(rule_of(*kind).not_found, "{} '{}' could not be found.", rule_of(*kind).called, item.id());
  return {*kind, item.id(), label};
}

// A label is there once among the favorites of one kind; what is a favorite already gets the new label [INF].
void check_label(const Site& site, const Item& user, const Wish& wish) {
  const auto element = rule_of(wish.kind).element;
  for (const Item* other : site.children(Kind::favorite, user.id()))
    if (other->has(element) && other->get(element) != wish.target && other->get("label") == wish.label &&
        target_of(site, *other) != nullptr)
      refuse(409007, "The label '{}' is in use for another favorite {}.", wish.label, element);
}

uint64_t next_position(const Site& site, const Item& user) {
  uint64_t last = 0;
  for (const Item* favorite : site.children(Kind::favorite, user.id()))
    last = std::max(last, favorite->number("position"));
  return last + 1;
}

Item favorite_for(const Desk& desk, const Item& user, const Wish& wish) {
  if (const Item* known = favorite_on(desk.site, user, wish.kind, wish.target)) return *known;
  Item favorite(Kind::favorite, make_luid());
  favorite.set("user", user.id()).set(rule_of(wish.kind).element, wish.target).set("addedAt", desk.now);
  return favorite.set_number("position", next_position(desk.site, user));
}

// All of the user's are the answer.
Reply add_favorite(Desk& desk, const Call& call) {
  const Item& user = user_of_favorites(desk, call);
  const Wish wish = wish_of(desk, call.request("favorite"));
  check_label(desk.site, user, wish);
  Item favorite = favorite_for(desk, user, wish);
  desk.site.put(std::move(favorite.set("label", wish.label)));
  Node list("favorites");
  for (const Item* one : favorites_of(desk, user)) list.add(node_of(desk, *one));
  return {.payload = {list.as_list()}};
}

Reply delete_favorite(Desk& desk, const Call& call) {
  const Item& user = user_of_favorites(desk, call);
  const auto kind = favorite_kind(call.parameter("kind"));
  const Item* favorite = kind ? favorite_on(desk.site, user, *kind, call.parameter("target")) : nullptr;
  if (favorite == nullptr)
    refuse(404010, "'{}' is no favorite {} of the user.", call.parameter("target"), call.parameter("kind"));
  desk.site.erase(Kind::favorite, std::string(favorite->id()));
  return {.status = 204};
}

}  // namespace

std::optional<Kind> favorite_kind(std::string_view word) {
  for (const Kind kind : kKinds)
    if (base::equal_ignoring_case(word, rule_of(kind).element) || base::equal_ignoring_case(word, rule_of(kind).list))
      return kind;
  return std::nullopt;
}

const Item* target_of(const Site& site, const Item& favorite) {
  for (const Kind kind : kKinds)
    if (favorite.has(rule_of(kind).element)) return site.find(kind, favorite.get(rule_of(kind).element));
  return nullptr;
}

std::vector<const Item*> favorites_of(const Desk& desk, const Item& user) {
  std::vector<const Item*> favorites;
  Rights rights(desk.site, *desk.user);
  for (const Item* favorite : desk.site.children(Kind::favorite, user.id()))
    if (const Item* target = target_of(desk.site, *favorite); target != nullptr && rights.sees(*target))
      favorites.push_back(favorite);
  std::stable_sort(favorites.begin(), favorites.end(),
                   [](const Item* a, const Item* b) { return a->number("position") < b->number("position"); });
  return favorites;
}

const Item* favorite_on(const Site& site, const Item& user, Kind kind, std::string_view target_id) {
  for (const Item* favorite : site.children(Kind::favorite, user.id()))
    if (base::equal_ignoring_case(favorite->get(rule_of(kind).element), target_id)) return favorite;
  return nullptr;
}

const Item& user_of_favorites(const Desk& desk, const Call& call) {
  const Item& user = desk.site.at(Kind::user, call.parameter("user"));
  require_self_or_admin(desk, user);
  return user;
}

std::vector<Route> favorite_routes() {
  return {{"GET", "sites/{site}/favorites/{user}", query_favorites, {.since = 205}},
          {"PUT", "sites/{site}/favorites/{user}", add_favorite},
          {"DELETE", "sites/{site}/favorites/{user}/{kind}/{target}", delete_favorite}};
}

}  // namespace tabferry::sim
