// Are the objects that a manifest names still there, as they were written? By listings, one a folder: no object is
// opened.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "store/store.h"

namespace tabferry::backup {

struct Named {
  std::string key;
  uint64_t size_bytes = 0;
  std::string etag = {};    // empty: not compared
  std::string sha256 = {};  // not compared: no listing tells it
};

// Of whatever says where it lies and how it was written: an Entry, a File, a Receipt, an Earlier.
template <class Written>
Named named_of(const Written& one) {
  return {.key = one.key, .size_bytes = one.size_bytes, .etag = one.etag};
}

// What one comparison finds; each may be empty.
struct Findings {
  std::function<void(const std::string& folder)> listing;  // it is about to be listed
  std::function<void(const Named&, const store::Object& found)> as_written;
  std::function<void(const Named&, const store::Object* found)> broken;  // null: it is not there
  std::function<void(const store::Object& found)> stray;                 // below `own_folder`, and not named
};

// Lists each folder (the part of a key up to its first '/') that the keys are in, once; a key may be named more than
// once. `own_folder` ("SNAPSHOT/") is listed whether or not a key is in it; empty: there is none.
void compare_with_listings(const store::Store& store, std::span<const Named> named, const Findings& findings,
                           const std::string& own_folder = "");

struct Broken {
  std::string key;
  std::string why;  // "is not there", "has 12 bytes instead of 15", "is another object than the one that was written"
  std::string etag = {};  // that it has now, of one that has its size; its bytes may still be the same (a copied store)
  uint64_t size_bytes = 0;  // of that
};

// In the order of the keys.
std::vector<Broken> broken_objects(const store::Store& store, const std::vector<Named>& named);

}  // namespace tabferry::backup
