// What the site says of one item of metadata, taken apart: two snapshots are compared by it. Pure functions. Private to
// this room.
//
// Not everything counts: not_compared.h. Of another item that is named inside (the owner, the project) only the id
// does, for it has a line of its own. The order of lists does not.
#pragma once

#include <cstdint>
#include <optional>
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

// What the facts of one item may take. A path repeats what stands above it: a small hostile line could fill the memory.
inline constexpr size_t kMostFactsBytes = size_t{16} << 20;

// Sorted by path and value, each once. Absent where they would take more than kMostFactsBytes: of such an item it is
// only told whether it is another one.
std::optional<std::vector<Fact>> facts_of(const doc::Json& item);

// The same for the same facts.
uint64_t hash_of(const std::vector<Fact>& facts);

size_t size_bytes_of(const std::vector<Fact>& facts);  // in memory

}  // namespace tabferry::backup
