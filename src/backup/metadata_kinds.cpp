#include "backup/metadata_kinds.h"

#include <algorithm>

#include "tableau/kinds.h"

namespace tabferry::backup {

std::vector<std::string_view> metadata_kinds() {
  std::vector<std::string_view> kinds;
  const auto add = [&](std::string_view kind) {
    if (std::find(kinds.begin(), kinds.end(), kind) == kinds.end()) kinds.push_back(kind);
  };
  for (const auto& listed : tableau::listed_kinds()) add(listed.kind);
  for (const auto& detail : tableau::detail_kinds()) add(detail.kind);
  add("labels");
  add("site");
  return kinds;
}

}  // namespace tabferry::backup
