#include "backup/named_objects.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace tabferry::backup {
namespace {

// Of a key without a '/': itself, for nothing else is to be listed.
std::string_view folder_in(std::string_view key) {
  const auto slash = key.find('/');
  return slash == std::string_view::npos ? key : key.substr(0, slash + 1);
}

bool is_as_written(const Named& named, const store::Object& found) {
  return found.size_bytes == named.size_bytes && (named.etag.empty() || found.etag == named.etag);
}

std::string why_broken(const Named& named, const store::Object* found) {
  if (found == nullptr) return "is not there";
  if (found->size_bytes != named.size_bytes)
    return fmt::format("has {} bytes instead of {}", found->size_bytes, named.size_bytes);
  return "is another object than the one that was written (its ETag)";
}

using InOrder = std::span<const Named* const>;

// The keys of one folder. They and the listing are in the order of keys: one pass.
void compare_folder(const store::Store& store, const std::string& folder, bool own, InOrder named,
                    const Findings& tell) {
  if (tell.listing) tell.listing(folder);
  auto next = named.begin();
  const auto pass_missing = [&](auto is_before) {
    for (; next != named.end() && is_before((*next)->key); ++next)
      if (tell.broken) tell.broken(**next, nullptr);
  };
  store.list(folder, [&](const store::Object& found) {
    pass_missing([&](const std::string& key) { return key < found.key; });
    const bool is_named = next != named.end() && (*next)->key == found.key;
    if (own && !is_named && tell.stray) tell.stray(found);
    for (; next != named.end() && (*next)->key == found.key; ++next) {
      const bool fine = is_as_written(**next, found);
      if (fine && tell.as_written) tell.as_written(**next, found);
      if (!fine && tell.broken) tell.broken(**next, &found);
    }
  });
  pass_missing([](const std::string&) { return true; });
}

}  // namespace

void compare_with_listings(const store::Store& store, std::span<const Named> named, const Findings& findings,
                           const std::string& own_folder) {
  std::vector<const Named*> order;
  for (const auto& one : named) order.push_back(&one);
  // A folder's keys stand together only by their folder: "a.b/x" < "a/x".
  std::stable_sort(order.begin(), order.end(), [](const Named* a, const Named* b) {
    return std::pair(folder_in(a->key), std::string_view(a->key)) <
           std::pair(folder_in(b->key), std::string_view(b->key));
  });
  bool own_listed = own_folder.empty();
  for (auto begin = order.begin(); begin != order.end();) {
    const auto folder = folder_in((*begin)->key);
    const auto end = std::find_if(begin, order.end(), [&](const Named* one) { return folder_in(one->key) != folder; });
    compare_folder(store, std::string(folder), folder == own_folder, InOrder(begin, end), findings);
    own_listed = own_listed || folder == own_folder;
    begin = end;
  }
  if (!own_listed) compare_folder(store, own_folder, true, {}, findings);
}

std::vector<Broken> broken_objects(const store::Store& store, const std::vector<Named>& named) {
  std::map<std::string, Broken> by_key;
  compare_with_listings(store, named, {.broken = [&](const Named& one, const store::Object* found) {
                          Broken& broken = by_key[one.key] = {.key = one.key, .why = why_broken(one, found)};
                          if (found == nullptr || found->size_bytes != one.size_bytes) return;
                          broken.etag = found->etag;
                          broken.size_bytes = found->size_bytes;
                        }});
  std::vector<Broken> all;
  for (auto& [key, broken] : by_key) all.push_back(std::move(broken));
  return all;
}

}  // namespace tabferry::backup
