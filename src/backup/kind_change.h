// What changed of one kind of metadata between two snapshots: a value; the manifest holds it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "doc/json.h"

namespace tabferry::backup {

// One kind ("permissions"). Kinds in which nothing changed are told by nobody.
struct KindChange {
  struct Named {
    enum class What { added, changed, removed } what = What::changed;
    std::string item;      // "workbook Finance/Daily/Sales"
    std::string how = {};  // of a changed one: "group Finance got ExportData"; "" where it is not known
  };
  std::string kind;  // "" with `unknown`: none could be compared
  uint64_t added = 0, changed = 0, removed = 0;
  std::vector<Named> named = {};  // of each sort the first ones, kNamedChanges at most
  std::string unknown = {};       // why it could not be compared; "" where it was
};
inline constexpr size_t kNamedChanges = 20;

std::string_view name_of(KindChange::Named::What what);
doc::Json to_json(const KindChange& change);
// What this program does not understand (another one wrote it) is unknown: a manifest is not refused for it.
KindChange kind_change_of(const doc::Json& json, const std::string& where);

}  // namespace tabferry::backup
