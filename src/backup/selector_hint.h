// What to write instead of a selector that takes nothing of a snapshot.
#pragma once

#include <string>

#include "backup/selector.h"
#include "store/store.h"

namespace tabferry::backup {

// "a selector is the whole path: did you mean 'Finance/Daily/Sales'?": the name of a project, of a kind, of an item in
// a project or in other letters is looked for in the manifest. Without a full stop. The snapshot must be readable.
std::string hint_for(const store::Store& store, const std::string& snapshot, const Selector& selector);

}  // namespace tabferry::backup
