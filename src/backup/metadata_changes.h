// What differs between the metadata of two snapshots of a site: file by file of metadata_tableau/. Not everything is
// compared: item_facts.h.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "doc/json.h"

namespace tabferry::store {
class Store;
}

namespace tabferry::backup {

struct Manifest;

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
KindChange kind_change_of(const doc::Json& json, const std::string& where);  // Error{corrupt} for what is none

// Reads the files that both manifests name, one kind after the other, twice each, where they are not the same file;
// parses the lines that only one of them has; asks nobody else. Memory: some numbers an item of the largest file, and
// some items. What cannot be read (damaged, taken away, not read
// from the site) makes its kind unknown. Throws Error{cancelled} alone.
std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const Manifest& before,
                                         const std::stop_token& stop);
// The same with the manifest of that name; one that cannot be read is the one unknown change.
std::vector<KindChange> metadata_changes(const store::Store& store, const Manifest& now, const std::string& before,
                                         const std::stop_token& stop);

}  // namespace tabferry::backup
