// One object of a snapshot, read to its end: hashed, and opened as what its name says it is. Private to this room.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <stop_token>
#include <string>

#include "store/store.h"

namespace tabferry::backup {

// Looks at an extract in a file; its own files go into the folder, which is private and empties. Returns what is wrong
// with it, "" where nothing is. Throws for what is wrong with this machine.
using ExtractCheck =
    std::function<std::string(const std::filesystem::path& file, const std::filesystem::path& folder, std::stop_token)>;

struct ObjectCheck {
  const store::Store& store;
  std::filesystem::path folder;            // private, of this lane alone; holds one package and one extract at a time
  ExtractCheck check_extract;              // may be empty
  std::function<void(uint64_t)> on_bytes;  // bytes that came
};

struct Checked {
  std::string wrong;  // "" where nothing is
  uint64_t packages = 0;
  uint64_t extracts = 0;              // that the check looked at
  uint64_t extracts_passed_over = 0;  // there is no check
  bool too_long_to_parse = false;     // a document beyond what is parsed: its hash is right
};

// `object` as listed. Packages (.twbx, .tdsx, .tfl, .tflx, .zip): the directory and every entry, by checksum; .twb and
// .tds are well-formed XML, .json is well-formed JSON; all else is hashed. Memory is bounded (a plain document: 64
// MiB). Throws what the store and this machine throw, but not_found, conflict and corrupt, which are answers.
Checked check_object(const ObjectCheck& check, const store::Object& object, const std::string& sha256,
                     std::stop_token stop);

}  // namespace tabferry::backup
