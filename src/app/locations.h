// What the configuration says about files -> stores and wildcards.
//
// Three forms: s3://BUCKET/KEY, file:///abs/path/*.csv, and a path beside the config.
// None is percent-decoded: what people see is the name. `*`, `?` and `[` start a wildcard wherever they stand, in the
// name of a folder too; [*] and [[] stand for themselves.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "app/buckets.h"
#include "app/config_node.h"
#include "publish/spec.h"

namespace tabferry::app {

class Locations {
 public:
  // `folder` is where relative paths start: absolute. `buckets` must outlive it.
  Locations(std::filesystem::path folder, Buckets& buckets) : folder_(std::move(folder)), buckets_(buckets) {}

  // The objects that a `files` or `header_file` means. Stores of one root are one.
  publish::Objects objects(const ConfigNode& node);
  // All keys of a bucket that match, in the sample's form of wildcards.
  publish::Objects bucket_objects(const ConfigNode& bucket, const ConfigNode& keys);
  // A file on this machine: a path beside the config, an absolute one, or file:///; no wildcards.
  std::filesystem::path local_file(const ConfigNode& node) const;

 private:
  publish::Objects path_objects(const ConfigNode& node, std::string_view path);
  publish::Objects key_objects(const ConfigNode& node, std::string_view bucket_and_key);
  std::shared_ptr<const store::Store> bucket(const ConfigNode& node, const std::string& bucket) const;
  std::filesystem::path absolute(const std::filesystem::path& path) const;
  std::shared_ptr<const store::Store> store(const std::filesystem::path& root, const std::string& url_prefix);

  std::filesystem::path folder_;
  Buckets& buckets_;
  std::map<std::string, std::shared_ptr<const store::Store>> stores_;   // by root and URL
};

}  // namespace tabferry::app
