// Are the objects that a manifest names still there, as they were written? By listings, one a folder: no object is
// opened.
#pragma once

#include <string>
#include <vector>

#include "store/store.h"

namespace tabferry::backup {

struct Named {
  std::string key;
  uint64_t size_bytes = 0;
  std::string etag;  // empty: not compared
};

struct Broken {
  std::string key;
  std::string why;  // "is not there", "has 12 bytes instead of 15", "is another object than the one that was written"
};

// Lists each folder (the part of a key before its first '/') that the keys are in, once. In the order of the keys.
std::vector<Broken> broken_objects(const store::Store& store, const std::vector<Named>& named);

}  // namespace tabferry::backup
