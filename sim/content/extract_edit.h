// Changing the extract inside of a published file: the engine works on a copy, and a new package is written.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "hyper/session.h"

namespace tabferry::sim {

// Is there an engine? Refuses with 403157 where there is none, with the cure.
void require_engine();

struct ExtractEdit {
  std::filesystem::path file;                 // a package with one extract, or a bare extract
  std::filesystem::path payload;              // an extract to be attached as y, or a package with one; empty: none
  std::filesystem::path folder;               // one that exists, on the disk of what is written
  std::function<void(hyper::Session&)> work;  // on x, with y
};

// Returns the path of the new file, in `folder` and under a name of its own. Throws Refusal{400011} with the engine's
// or the package's own words where they or `work` refuse; Error{io}. Takes as long as the data takes: not under a lock.
std::filesystem::path edited(const ExtractEdit& edit);

}  // namespace tabferry::sim
