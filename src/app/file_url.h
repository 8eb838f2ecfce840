// file:///... as the configuration writes it: a place on this machine, never percent-decoded. Private to this room.
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

namespace tabferry::app {

// "file:///a/b" -> "/a/b", within `url`. Absent where it is another form, or names a host or no absolute path.
std::optional<std::string_view> path_of_file_url(std::string_view url);

// Normal, without the slash at the end.
std::filesystem::path normal_folder(const std::filesystem::path& path);

// Both: "file:///DIR/" -> "/DIR".
std::optional<std::filesystem::path> folder_of_url(std::string_view url);

}  // namespace tabferry::app
