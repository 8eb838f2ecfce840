// Giving a file back.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sim/core/call.h"
#include "sim/core/desk.h"

namespace tabferry::sim {

// The item's file (its fields _file and _fileType), named after the item. It is opened under the lock, so it can be
// read to its end whatever is published or deleted meanwhile.
Reply download_of(const Desk& desk, const Item& item);

// What is to be given back: of which item, and which of its files.
struct Downloaded {
  Item content;
  std::string file;
  std::string file_type;
};
// Under the lock; refuses.
using Find = std::function<Downloaded(const Desk&, const Call&)>;

// For StreamActions: what `find` says, without its extracts where the call says includeExtract=false. The package is
// then written anew, without the lock and into a file without a name.
Reply download(Simulator& simulator, Call& call, const Find& find);
// The current file of the content that the path names, for those who may have it.
Reply download_content(Simulator& simulator, Call& call, Kind kind);

}  // namespace tabferry::sim
