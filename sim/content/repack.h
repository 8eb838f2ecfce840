// New packages from what was published.
#pragma once

#include <filesystem>
#include <string>

namespace tabferry::sim {

// Writes the package behind `fd` to a new file, less its extracts (.hyper and .tde below Data/); the other entries keep
// their bytes. False where there are none: `target` is then empty. Throws Error{corrupt}, Error{io}.
bool write_without_extracts(int fd, const std::filesystem::path& target);
// A bare .hyper as the packaged data source that a site makes of it, at `target`: a document of the least, and the
// extract in Data/Extracts/. The site that is played here does not ask an engine: the document reads the one table that
// Tableau's own extracts have. Returns its size in bytes. Throws Error{io}.
uint64_t write_packaged_extract(const std::filesystem::path& hyper_file, const std::string& name,
                                const std::filesystem::path& target);

}  // namespace tabferry::sim
