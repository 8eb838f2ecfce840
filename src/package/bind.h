// Finds the zip entry that each dbname of a document means.
#pragma once

#include <vector>

#include "package/archive.h"
#include "package/document.h"
#include "package/package.h"

namespace tabferry::package {

// Fills model.extracts (one for an entry, whoever reads it) and adds notes: a name that only nearly fits, a .hyper file
// that nothing reads.
void bind(const Reading& reading, const std::vector<Entry>& entries, Model& model);

}  // namespace tabferry::package
