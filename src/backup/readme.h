// README.txt of a snapshot: what the folder is and how to get a file out of it, for somebody who finds it in ten years.
// Private to this room.
#pragma once

#include <string>

#include "backup/manifest.h"

namespace tabferry::backup {

// The same text for the same plan and status: a seal that is done again finds it there.
std::string readme_of(const ManifestHead& head, const std::string& folder_url);

}  // namespace tabferry::backup
