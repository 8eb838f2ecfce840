// What changed of an item, in words. Pure. Private to this room.
#pragma once

#include <string>
#include <vector>

#include "backup/item_facts.h"

namespace tabferry::backup {

// "siteRole: Viewer -> Explorer; tags: + daily", "group Finance got ExportData"; the first few, and how many more there
// are. Both as facts_of() gives them. One line without control characters.
std::string difference_of(const std::vector<Fact>& before, const std::vector<Fact>& now);

}  // namespace tabferry::backup
