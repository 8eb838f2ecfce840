// Changing the rows of a published extract in its place.
#pragma once

#include <filesystem>

namespace tabferry::sim {

// Publishing with append=true: the package `current` with the rows of `added` (a bare extract, or a package with one)
// behind its own, as a new file in `folder`, which is there and on the same disk. Refuses with 400011 extracts of
// several tables or of other columns, with 403157 where there is no extract engine. Not under the site's lock.
std::filesystem::path appended(const std::filesystem::path& current, const std::filesystem::path& added,
                               const std::filesystem::path& folder);

}  // namespace tabferry::sim
