// A snapshot against its manifest.
//
// Quick: every object that it names exists with its size, by one listing a folder. Full: every byte is hashed, every
// package opened, every document parsed, every extract shown to a check.
#pragma once

#include <cstdint>
#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "backup/object_check.h"
#include "report/reporter.h"
#include "store/store.h"

namespace tabferry::backup {

struct VerifyOptions {
  bool full = false;
  unsigned lanes = 4;                 // objects read at once, each with a package and an extract on the disk
  std::filesystem::path temp_parent;  // of a private folder; only a full one needs it
  ExtractCheck check_extract;         // empty: extracts are only unpacked
};

struct Verified {
  uint64_t checked = 0;  // objects that the manifest names, and itself
  uint64_t bytes = 0;    // of these, as the manifest says; of a full one: as they were read
  uint64_t packages = 0, extracts = 0;
  struct Problem {
    std::string key;
    std::string what;
    bool harmless = false;  // a stray: something else in the folder
  };
  std::vector<Problem> problems;   // in the order of their keys, one an object
  std::vector<std::string> notes;  // what was not looked at, and why
  bool whole() const;              // there is no problem but harmless ones
};

// A damaged manifest is a problem, and the only one then. Memory: some 400 bytes an object. Throws Error{not_found}
// where there is no manifest, Error{cancelled}, and what keeps it from looking at all (denied, transient, io).
Verified verify(const store::Store& store, const std::string& snapshot, const VerifyOptions& options,
                report::Reporter& reporter, std::stop_token stop);

}  // namespace tabferry::backup
