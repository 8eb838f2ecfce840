// The first bytes of a file: what they say about its encoding.
#pragma once

#include <cstddef>
#include <string_view>

#include "csv/fault.h"

namespace tabferry::csv {

constexpr size_t kOpeningBytes = 4;  // all that is looked at

// `first`: the first kOpeningBytes of the file, fewer only where it is shorter. Returns how many belong to a UTF-8 BOM.
// Throws Error{origin.kind} where they are UTF-16, UTF-32, gzip, zstd or zip.
size_t bytes_before_text(std::string_view first, const Origin& origin);

}  // namespace tabferry::csv
