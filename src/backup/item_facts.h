// What the site says of one item of metadata, taken apart: two snapshots are compared by it, and differences are told
// in words. Pure functions. Private to this room.
//
// Not everything is compared: what moves by itself, and what is told elsewhere (the table in item_facts.cpp). Of
// another item that is named inside (the owner, the project) only the id counts, for it has a line of its own. The
// order of lists does not count.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doc/json.h"

namespace tabferry::backup {

struct Fact {
  std::string path;     // "extractRefresh/priority", "connection/LUID/userName", "granteeCapabilities/group LUID/Read"
  std::string value;    // as compared: ids
  std::string element;  // of an attribute of a list's element: that element's `value`; "" else
  std::string words;    // of the path: "priority", "group Finance"
  std::string shown;    // of the value: natural keys
};

// Sorted by path and value, each once.
std::vector<Fact> facts_of(const doc::Json& item);

// The same for the same facts.
uint64_t hash_of(const std::vector<Fact>& facts);

// "siteRole: Viewer -> Explorer; tags: + daily", "group Finance got ExportData"; the first few, and how many more there
// are. Both as facts_of() gives them. One line without control characters.
std::string difference_of(const std::vector<Fact>& before, const std::vector<Fact>& now);

// What people call it: its natural key, name or subject, else what it belongs to ("datasource Finance/Orders, schedule
// Nightly"), else its id. A document: "workbook Finance/Sales"; its part behind it. One line.
std::string label_of_item(const doc::Json& item);

}  // namespace tabferry::backup
