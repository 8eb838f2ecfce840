#include "store/store.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::store {

void fail_changed(const std::string& url, bool deleted) {
  base::fail(base::ErrorKind::conflict, "{} was {} between listing and the end of reading; nothing of it was used. Run again when its writer has finished",
             base::quoted(url, 400), deleted ? "deleted" : "replaced or changed");
}

std::vector<std::string> Store::list_folders(std::string_view prefix) const {
  std::vector<std::string> folders;
  list(prefix, [&](const Object& object) {
    const auto rest = std::string_view(object.key).substr(prefix.size());
    const auto slash = rest.find('/');
    if (slash == std::string_view::npos) return;
    if (folders.empty() || folders.back() != rest.substr(0, slash)) folders.emplace_back(rest.substr(0, slash));
  });
  std::sort(folders.begin(), folders.end());  // "a.b/" stands before "a/", the name "a" before "a.b"
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
  return folders;
}

}  // namespace tabferry::store
