// A whole site of any size, made from a seed into a folder that `tabferry-sim serve --data` serves.
#pragma once

#include <array>
#include <cstdint>
#include <filesystem>

#include "sim/core/item.h"
#include "sim/make/site_order.h"

namespace tabferry::sim::make {

struct Made {
  std::array<uint64_t, kKindCount> items{};  // by Kind
  uint64_t files = 0;
  uint64_t file_bytes = 0;

  uint64_t all() const;
};

// Two sites of one order are equal: ids, times, files; but for what the engine puts into each new .hyper (extracts.h).
// `folder` is made if missing. Its journal is written last, so that what was broken off is no site. Throws
// Error{refused} where there is a site already or a simulator serves from the folder, Error{io}.
Made make_site(const std::filesystem::path& folder, const SiteOrder& order);

}  // namespace tabferry::sim::make
