// What an extract refresh leaves behind: a file with the same meaning and other bytes.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace tabferry::sim {

// Gives the file's bytes to `write`, changed by `mark` ("refreshed 3"): a zip gets it as its comment, an XML document
// as a comment at its end. False, and the bytes are the same, where it is neither. Throws Error{io}, Error{not_found}.
bool write_refreshed(const std::filesystem::path& file, std::string_view mark,
                     const std::function<void(std::string_view)>& write);

}  // namespace tabferry::sim
