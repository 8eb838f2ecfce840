// The rules that items have been given (Kind::permissions): who may what. No requests.
//
// A rule is a `granteeCapabilities` as the API writes it: first the grantee, <user|group|groupSet id="..."/>, then
// <capabilities> with one <capability name mode/> or more. An item of Kind::permissions holds its rules as parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/core/site.h"

namespace tabferry::sim {

// One capability of one grantee.
struct Grant {
  std::string grantee;  // "user", "group", "groupSet"
  std::string id;
  std::string capability;
  std::string mode;  // "Allow", "Deny"
};

// Adds it to the rules under that key; a grantee that has this capability already keeps the mode that it has, as the
// reference says ("the system ignores it").
void add_grant(Site& site, const std::string& key, const Grant& grant);
enum class Taken { yes, not_there, other_mode };
Taken take_grant(Site& site, const std::string& key, const Grant& grant);

// Replaces the rules under `to` by those under `from`; where there are none there will be none.
void copy_rules(Site& site, const std::string& from, const std::string& to);

// What a new item is given. Content: its project's defaults. A project: the rules and defaults of its parent, at the
// top those of the default project, or, on a site that has none, what All Users have on a new site. In a locked
// project: nothing, as the project's own hold.
void give_defaults(Site& site, const Item& item);
// Of an item that goes: its rules, and a project's defaults.
void forget_grants(Site& site, const Item& item);

// Which rules decide about something at the moment.
struct InForce {
  Kind kind = Kind::site;
  std::string id;
  std::string list;    // of a project's defaults; "" for rules
  std::string ruling;  // the key
};
// Of the item itself; of a project also of all that is in it.
std::vector<InForce> rules_in_force(const Site& site, const Item& item);
// After a move, or after a project was locked or unlocked: what is locked now has no rules of its own any more; what
// was locked and is free keeps those that held before.
void settle(Site& site, const std::vector<InForce>& before);

}  // namespace tabferry::sim
