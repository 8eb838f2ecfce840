// Users that go.
#include <algorithm>
#include <array>

#include "sim/people/grantees.h"
#include "sim/people/users.h"

namespace tabferry::sim {
namespace {

// Who owns one of these cannot go; the others of an owner go too.
constexpr std::array kContent = {Kind::project, Kind::workbook, Kind::datasource, Kind::flow, Kind::virtual_connection};
constexpr std::array kPersonal = {Kind::custom_view, Kind::data_alert, Kind::webhook, Kind::collection};
constexpr std::array kOfUser = {Kind::membership, Kind::favorite, Kind::access_token, Kind::subscription,
                                Kind::pulse_subscription};

std::vector<Item> with(const Site& site, Kind kind, std::string_view field, const std::string& id) {
  std::vector<Item> found;
  for (const auto& [key, item] : site.all(kind))
    if (item.get(field) == id) found.push_back(item);
  return found;
}

void hand_over(Desk& desk, Kind kind, const std::string& user, const std::string& heir) {
  for (Item& item : with(desk.site, kind, "owner", user)) desk.site.put(std::move(item.set("owner", heir)));
}

void erase_all(Desk& desk, Kind kind, std::string_view field, const std::string& user) {
  for (const Item& item : with(desk.site, kind, field, user)) desk.site.erase(kind, item.id());
}

}  // namespace

void remove_user(Desk& desk, const Item& user, const std::string& heir) {
  const std::string id = user.id();
  if (is_self(desk, user)) refuse(403009, "Nobody can remove themselves.");
  const std::string heir_id = heir.empty() ? "" : desk.site.at(Kind::user, heir).id();
  const bool owns_content = std::any_of(kContent.begin(), kContent.end(),
                                        [&](Kind kind) { return !with(desk.site, kind, "owner", id).empty(); });
  if (owns_content && (heir_id.empty() || heir_id == id))
    refuse(409003, "User '{}' owns content and cannot be removed.", user.get("name"));
  for (const Kind kind : kContent) hand_over(desk, kind, id, heir_id);
  for (const Kind kind : kPersonal) {
    if (heir_id.empty())
      erase_all(desk, kind, "owner", id);
    else
      hand_over(desk, kind, id, heir_id);
  }
  for (const Kind kind : kOfUser) erase_all(desk, kind, "user", id);
  forget_grantee(desk.site, "user", id);
  desk.world.sessions.close_all_of(id);
  desk.site.erase(Kind::user, id);
}

}  // namespace tabferry::sim
