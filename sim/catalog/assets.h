// What labels and data quality warnings are put on.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/desk.h"

namespace tabferry::sim {

// The item of that content type ("datasource", "virtualConnection", "table"; in any case) with that id. Refuses with
// 400003 what is no such type, with the kind's code what is not there, with 403004 what the user may not see.
const Item& asset_at(const Desk& desk, std::string_view content_type, std::string_view id);
// Who may say something about it: its owner, project leaders, administrators, and who may change it. Refuses with
// 403004.
void require_say(const Desk& desk, const Item& asset);
// The fields that tell who said something about what, and when: contentId, contentType, owner, userDisplayName, ...
void sign(const Desk& desk, Item& said, const Item& asset, std::string_view content_type);

}  // namespace tabferry::sim
