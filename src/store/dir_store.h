// A directory as a store. Keys are paths below the root with '/' between; links are followed as the file system does.
// ETag: inode-size-mtime in nanoseconds; looked at when an object is opened and again at the end of its data.
#pragma once

#include <filesystem>

#include "store/store.h"

namespace tabferry::store {

class DirStore : public Store {
 public:
  // `url_prefix` + key is what url() says: "file:///data/" or, for a directory that stands in for a bucket,
  // "s3://bucket/". The root need not exist: it then holds no object.
  DirStore(std::filesystem::path root, std::string url_prefix);

  void list(std::string_view prefix, const std::function<void(const ObjectInfo&)>& visit) const override;
  std::optional<ObjectInfo> stat(std::string_view key) const override;
  std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const override;
  std::string url(std::string_view key) const override;

 private:
  std::filesystem::path path_of(std::string_view key) const;

  std::filesystem::path root_;
  std::string url_prefix_;
};

}  // namespace tabferry::store
