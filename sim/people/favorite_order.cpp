// The order of favorites: each is moved behind another one.
#include <algorithm>

#include "sim/core/routes.h"
#include "sim/people/favorites.h"

namespace tabferry::sim {
namespace {

using Order = std::vector<std::string>;  // ids of favorites

Order::iterator place_of(Order& order, const Desk& desk, const Item& user, const Node& move, std::string_view type,
                         std::string_view id) {
  const auto kind = favorite_kind(move.attribute_or(type, ""));
  if (!kind) refuse(400003, "'{}' is no type of favorites.", move.attribute_or(type, ""));
  const Item* favorite = favorite_on(desk.site, user, *kind, move.attribute_or(id, ""));
  const auto at = favorite == nullptr ? order.end() : std::find(order.begin(), order.end(), favorite->id());
  if (at == order.end()) refuse(404010, "'{}' is no favorite of the user.", move.attribute_or(id, ""));
  return at;
}

void carry_out(Order& order, const Desk& desk, const Item& user, const Node& move) {
  expect_only(move, {"favoriteId", "favoriteType", "favoriteIdMoveAfter", "favoriteTypeMoveAfter"}, {});
  const auto moved = place_of(order, desk, user, move, "favoriteType", "favoriteId");
  const auto after = place_of(order, desk, user, move, "favoriteTypeMoveAfter", "favoriteIdMoveAfter");
  if (moved < after)
    std::rotate(moved, moved + 1, after + 1);
  else if (moved > after)
    std::rotate(after + 1, moved, moved + 1);
}

// Favorites are named by what they mark. The schema has no answer for this.
Reply order_favorites(Desk& desk, const Call& call) {
  const Item& user = user_of_favorites(desk, call);
  const Node moves = call.request("favoriteOrderings");
  expect_only(moves, {}, {"favoriteOrdering"});
  Order order;
  for (const Item* favorite : favorites_of(desk, user)) order.push_back(favorite->id());
  for (const auto& move : moves.children) carry_out(order, desk, user, move);
  for (size_t at = 0; at < order.size(); ++at) {
    Item favorite = desk.site.at(Kind::favorite, order[at]);
    if (favorite.number("position") != at + 1) desk.site.put(std::move(favorite.set_number("position", at + 1)));
  }
  return {.status = 204};
}

}  // namespace

std::vector<Route> favorite_order_routes() {
  return {{"PUT", "sites/{site}/orderFavorites/{user}", order_favorites, {.since = 308}}};
}

}  // namespace tabferry::sim
