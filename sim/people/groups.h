// Groups: names are unique in a domain, whatever their case. "All Users" holds everybody and is the site's own.
#pragma once

#include <string>
#include <vector>

#include "sim/core/access.h"
#include "sim/core/desk.h"
#include "sim/core/list.h"

namespace tabferry::sim {

bool is_member(const Site& site, const Item& group, const Item& user);
std::vector<const Item*> members_of(const Site& site, const Item& group);
// A copy with the field userCount, by which lists may be filtered and sorted.
Item with_user_count(const Site& site, const Item& group);

Node group_node(const Desk& desk, const Item& group, Detail detail);
// `groups` have their user counts and live as long as the call.
Reply paged_groups(const Desk& desk, const Call& call, const std::vector<Item>& groups);
// Refuses with 403004 what would change who is in "All Users", or that it is there.
void require_own_group(const Item& group, std::string_view what);

}  // namespace tabferry::sim
