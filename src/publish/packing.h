// Whether the extract is deflated in its package, or stored as it is.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

#include "package/package.h"
#include "publish/spec.h"

namespace tabferry::publish {

struct PackingChoice {
  package::Compression compression = package::Compression::stored;
  uint64_t expected_bytes = 0;  // of the extract in the package
  std::string why;              // for people; empty where there is nothing to say
};

// automatic: deflated where extract and uplink make that end sooner, by samples of this extract on this machine. Stored
// where `uplink` (bytes a second) is 0, for then nobody knows, and where the extract is too small to be worth a look.
PackingChoice choose_packing(Packing wanted, const std::filesystem::path& hyper_file, uint64_t uplink);

// The rule: packing first and sending less afterwards takes less time than sending all at once.
bool ends_sooner(uint64_t extract_bytes, const package::Deflation& deflation, uint64_t uplink);

}  // namespace tabferry::publish
