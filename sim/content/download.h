// Giving a file back.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "sim/core/call.h"
#include "sim/core/desk.h"

namespace tabferry::sim {

// What is to be given back: of which item, and which of its files.
struct Downloaded {
  Item content;
  std::string file;
  std::string file_type;
};
// Under the lock; refuses.
using Find = std::function<Downloaded(const Desk&, const Call&)>;

// For StreamActions: what `find` says, named after the item. It is opened under the lock, so it can be read to its end
// whatever is published or deleted meanwhile. Where the call says includeExtract=false, the package is written anew
// without its extracts, without the lock and into a file without a name.
Reply download(Simulator& simulator, Call& call, const Find& find);
// The current file of the content that the path names, for those who may have it.
Reply download_content(Simulator& simulator, Call& call, Kind kind);

}  // namespace tabferry::sim
