// Which metadata files a snapshot has. Private to this room.
#pragma once

#include <string_view>
#include <vector>

namespace tabferry::backup {

// Every kind of the catalogue (tableau/kinds.h), lists before documents, each once; then "labels", which is asked of
// many assets at once and is no row of it, and "site". A row that is added there is a file here, and a selector's kind.
std::vector<std::string_view> metadata_kinds();

}  // namespace tabferry::backup
