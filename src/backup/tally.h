// A manifest in numbers.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "backup/manifest.h"

namespace tabferry::backup {

struct Amount {
  uint64_t items = 0;  // listed
  uint64_t saved = 0;
  uint64_t size_bytes = 0;  // of the saved ones
};

struct Tally {
  uint64_t items = 0, saved = 0, downloaded = 0, taken_over = 0;
  uint64_t failed = 0, accepted = 0, unavailable = 0, gone = 0;  // items; failed without the accepted ones
  uint64_t documents_failed = 0;                                 // metadata of an item, not accepted
  uint64_t lists_failed = 0;                                     // gaps that are failures
  uint64_t size_bytes = 0;                                       // of all that is saved
  uint64_t downloaded_bytes = 0;
  std::map<std::string, Amount> by_kind, by_project;  // by_project: "" where it is not known
  std::map<std::string, uint64_t> by_rule;            // of the saved ones: why downloaded, why taken over

  uint64_t failures() const { return failed + documents_failed + lists_failed; }
};

Tally tally_of(const Manifest& manifest);

}  // namespace tabferry::backup
