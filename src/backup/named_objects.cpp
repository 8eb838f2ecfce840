#include "backup/named_objects.h"

#include <fmt/format.h>

#include <map>
#include <set>

namespace tabferry::backup {
namespace {

std::string folder_of(const std::string& key) {
  const auto slash = key.find('/');
  return slash == std::string::npos ? key : key.substr(0, slash + 1);
}

// "" where it is as it was written.
std::string why_broken(const Named& named, const store::Object& found) {
  if (found.size_bytes != named.size_bytes)
    return fmt::format("has {} bytes instead of {}", found.size_bytes, named.size_bytes);
  if (!named.etag.empty() && found.etag != named.etag)
    return "is another object than the one that was written (its ETag)";
  return "";
}

}  // namespace

std::vector<Broken> broken_objects(const store::Store& store, const std::vector<Named>& named) {
  std::multimap<std::string_view, const Named*> left;
  std::set<std::string> folders;
  for (const auto& one : named) {
    left.emplace(one.key, &one);
    folders.insert(folder_of(one.key));
  }
  std::map<std::string, std::string> why;
  for (const auto& folder : folders)
    store.list(folder, [&](const store::Object& found) {
      const auto [from, to] = left.equal_range(found.key);
      for (auto one = from; one != to; ++one)
        if (auto reason = why_broken(*one->second, found); !reason.empty()) why[found.key] = std::move(reason);
      left.erase(from, to);
    });
  for (const auto& [key, one] : left) why[std::string(key)] = "is not there";
  std::vector<Broken> broken;
  for (auto& [key, reason] : why) broken.push_back({.key = key, .why = std::move(reason)});
  return broken;
}

}  // namespace tabferry::backup
