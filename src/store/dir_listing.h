// What is below a folder.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "store/store.h"

namespace tabferry::store {

// Names that begin so are the store's own: never listed, never keys.
inline constexpr std::string_view kOwnPrefix = ".tabferry-";

// The files below `folder` whose path relative to the root starts with `prefix`, in no order. Links are followed, but
// no folder is listed twice: real ones first, then links in the order of their names. A folder that vanishes meanwhile
// has nothing; one that cannot be read throws Error{io} with its path, for a listing must not look complete.
std::vector<Object> files_below(const std::filesystem::path& root, const std::filesystem::path& folder,
                                std::string_view prefix);

// The names of the folders right in `folder` that hold a file, however deep, in byte order. As above for what vanishes
// or cannot be read.
std::vector<std::string> folders_below(const std::filesystem::path& folder);

// Removes the passing files that killed writers left in `folder` and below it, as far as they were last written before
// `before`. Those of living ones stay. Returns how many.
uint64_t remove_dead_below(const std::filesystem::path& folder, base::WallTime before);

}  // namespace tabferry::store
