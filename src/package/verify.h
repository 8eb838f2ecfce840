// Reads a finished package again, as a stranger would.
#pragma once

#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

#include "package/package.h"

namespace tabferry::package {

struct Expected {
  std::vector<std::string> names;     // the entries, in their order
  std::string document_entry;
  const std::string& document;        // its bytes
  std::string extract_entry;
  uint64_t extract_bytes;
};

// `label` names the package in messages. Throws Error{corrupt} where the package is not what it must be,
// Error{cancelled}.
void verify(int fd, const Expected& expected, const std::string& label, const std::stop_token& stop);

}  // namespace tabferry::package
