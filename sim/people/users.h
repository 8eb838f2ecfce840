// Users: what several endpoints do with them. Names are told apart whatever their case.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/desk.h"
#include "sim/core/list.h"

namespace tabferry::sim {

// "NAME=SITEROLE" of the command line. Throws Error{usage}.
struct UserOrder {
  std::string name;
  std::string site_role;
};
UserOrder parse_user(const std::string& text);
// Adds that user, with the name for a password, or gives the one of the name that role.
void ensure_user(Site& site, const UserOrder& order);

const Item* user_named(const Site& site, std::string_view name);  // null where there is none
Node user_node(const Desk& desk, const Item& user, Detail detail);

// Adds the user that `asked` describes (name, siteRole, authSetting, email ...); one too many for the licences has
// none. Refuses with 409000 a name that is there, 400003 what is no name, 400013 a site role, 403004 who may not give
// it.
const Item& add_user(Desk& desk, const Node& asked);
// Changes what `asked` names of it. Refuses with 403009 a change of one's own role, 400003 what Tableau Cloud keeps.
const Item& update_user(Desk& desk, const Item& user, const Node& asked);
// Ends the user's sessions, memberships, favorites, tokens, subscriptions; content goes to `heir` ("": nobody). Refuses
// with 409003 where the user owns content that nobody gets.
void remove_user(Desk& desk, const Item& user, const std::string& heir);

}  // namespace tabferry::sim
