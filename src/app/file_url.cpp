#include "app/file_url.h"

#include "base/text.h"
#include "base/url.h"

namespace fs = std::filesystem;

namespace tabferry::app {

std::optional<std::string_view> path_of_file_url(std::string_view url) {
  if (!base::has_scheme(url) || base::lower(url.substr(0, url.find("://"))) != "file") return std::nullopt;
  const auto path = url.substr(url.find("://") + 3);
  return path.starts_with('/') ? std::optional(path) : std::nullopt;
}

fs::path normal_folder(const fs::path& path) {
  const fs::path normal = path.lexically_normal();
  return normal.has_filename() || normal == normal.root_path() ? normal : normal.parent_path();
}

std::optional<fs::path> folder_of_url(std::string_view url) {
  const auto path = path_of_file_url(url);
  return path ? std::optional(normal_folder(*path)) : std::nullopt;
}

}  // namespace tabferry::app
