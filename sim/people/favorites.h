// What people marked as favorites: items with a field that is named as their target's element and holds its id.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/desk.h"

namespace tabferry::sim {

// "workbook", "Workbooks". Absent for what cannot be a favorite.
std::optional<Kind> favorite_kind(std::string_view word);
// What it marks; null where that is no more.
const Item* target_of(const Site& site, const Item& favorite);
// Those of the user, in their order; without those whose target is gone, or hidden from the one who asks [INF].
std::vector<const Item*> favorites_of(const Desk& desk, const Item& user);
const Item* favorite_on(const Site& site, const Item& user, Kind kind, std::string_view target_id);
// The user in the path, whose favorites are one's own or an administrator's business. Refuses with 403004.
const Item& user_of_favorites(const Desk& desk, const Call& call);

}  // namespace tabferry::sim
