// Which capabilities there are to be allowed or denied, for each kind of content
// (https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_permissions.htm, add_..._permissions).
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "sim/core/item.h"

namespace tabferry::sim {

// Kinds whose items have rules, and kinds that a project has defaults for. `list` is the word in URLs.
struct RuledList {
  std::string_view list;      // "workbooks"
  std::string_view singular;  // "workbook", in messages
  Kind kind = Kind::site;     // site: this simulator has no such items, only defaults for them
  int rules_since = 0;        // version of the API; 0: no such endpoint
  int defaults_since = 0;
  int defaults_until = 9999;
  std::vector<std::string_view> capabilities;
};

std::span<const RuledList> ruled_lists();
// By the word in URLs, in any case; null where there is none.
const RuledList* ruled_list(std::string_view list);
const RuledList* ruled_list_of(Kind kind);

// Is it one that can be set? Leading a project can be allowed but not be denied; some came late, some went.
bool is_capability(const RuledList& list, std::string_view name, std::string_view mode, int version);

}  // namespace tabferry::sim
