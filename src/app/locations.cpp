#include "app/locations.h"

#include <algorithm>

#include "app/file_url.h"
#include "base/text.h"
#include "base/url.h"
#include "store/dir_store.h"

namespace fs = std::filesystem;

namespace tabferry::app {
namespace {

constexpr std::string_view kForms = "a path beside the configuration, file:///DIR/*.csv, or s3://BUCKET/KEY";
constexpr std::string_view kWildcards = "*?[";

std::string file_url_prefix(const fs::path& root) {
  const std::string text = root.string();
  return text == "/" ? "file:///" : "file://" + text + "/";
}

// The path that a text means on this machine, with its forms that cannot be meant refused.
std::string_view local_path(const ConfigNode& node, std::string_view text) {
  const auto from_url = path_of_file_url(text);
  if (from_url) return *from_url;
  const std::string scheme = base::has_scheme(text) ? base::lower(text.substr(0, text.find("://"))) : "";
  if (scheme == "file" || text.starts_with("file:/"))
    node.fail("{} names a host or no absolute path; write file:/// with three slashes and the whole path",
        base::quoted(text));
  if (!scheme.empty()) node.fail("{} is of no form that is known here; write {}", base::quoted(text), kForms);
  if (text.starts_with("~/"))
    node.fail("'~' is not expanded here; write the whole path instead of {}", base::quoted(text));
  return text;
}

// Keys as a directory has them: what holds an empty part, '.' or '..' would never match.
void check_key(const ConfigNode& node, std::string_view key) {
  if (key.empty() || key.ends_with('/'))
    node.fail("{} names a folder; say which files in it, such as {}*.csv", base::quoted(node.text()),
        node.text().ends_with('/') ? node.text() : node.text() + "/");
  for (const auto part : base::split(key, '/'))
    if (part.empty() || part == "." || part == "..")
      node.fail("{} has {} in it, which matches nothing there; take it out", base::quoted(node.text()),
                part.empty() ? "'//'" : "the folder '" + std::string(part) + "'");
}

}  // namespace

fs::path Locations::absolute(const fs::path& path) const { return path.is_absolute() ? path : folder_ / path; }

std::shared_ptr<const store::Store> Locations::store(const fs::path& root, const std::string& url_prefix) {
  auto& slot = stores_[root.string() + '\n' + url_prefix];
  if (!slot) slot = std::make_shared<const store::DirStore>(root, url_prefix);
  return slot;
}

publish::Objects Locations::objects(const ConfigNode& node) {
  const std::string text = node.name();
  if (text.starts_with("s3://")) return key_objects(node, std::string_view(text).substr(5));
  return path_objects(node, local_path(node, text));
}

// The store's root is the folder before the first wildcard, so that nothing beside it is listed and `..` is gone.
publish::Objects Locations::path_objects(const ConfigNode& node, std::string_view path) {
  const auto wildcard = std::min(path.find_first_of(kWildcards), path.size());
  const auto slash = path.substr(0, wildcard).rfind('/');
  const auto folder = slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash + 1);
  const auto key = path.substr(folder.size());
  const bool has_wildcard = wildcard < path.size();
  check_key(node, key);
  const fs::path root = normal_folder(absolute(folder));
  std::error_code error;
  if (!has_wildcard && fs::is_directory(root / key, error))
    node.fail("{0} is a folder; say which files in it, such as {1}/*.csv", base::quoted(node.text()), node.text());
  return {.store = store(root, file_url_prefix(root)), .keys = base::Glob(std::string(key)), .written = node.text()};
}

publish::Objects Locations::key_objects(const ConfigNode& node, std::string_view bucket_and_key) {
  const std::string bucket(bucket_and_key.substr(0, bucket_and_key.find('/')));
  const auto key = bucket.size() == bucket_and_key.size()
      ? std::string_view{} : bucket_and_key.substr(bucket.size() + 1);
  auto store = this->bucket(node, bucket);
  check_key(node, key);
  return {.store = std::move(store), .keys = base::Glob(std::string(key)), .written = node.text()};
}

publish::Objects Locations::bucket_objects(const ConfigNode& bucket, const ConfigNode& keys) {
  const std::string name = bucket.name();
  return {.store = this->bucket(bucket, name),
          .keys = base::Glob(keys.name(), base::Glob::Form::fnmatch),
          .written = fmt::format("s3://{}/{}", name, keys.name())};
}

std::shared_ptr<const store::Store> Locations::bucket(const ConfigNode& node, const std::string& bucket) const {
  if (bucket.empty()) node.fail("names no bucket; write s3://BUCKET/KEY");
  expect_bucket_name(node, bucket, "*?[/");
  return buckets_.store(bucket);
}

fs::path Locations::local_file(const ConfigNode& node) const {
  const std::string text = node.name();
  if (text.starts_with("s3://"))
    node.fail("reading this from S3 is not built yet; write a path beside the configuration or file:///PATH");
  return absolute(local_path(node, text)).lexically_normal();
}

}  // namespace tabferry::app
