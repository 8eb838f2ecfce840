// Where objects live: S3, or a directory. What publish reads of it; all members are const and may be called by any thread.
//
// Errors: not_found, denied, conflict (the object is not the one that was listed), io, transient; each names the URL.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "io/byte_source.h"

namespace tabferry::store {

struct ObjectInfo {
  std::string key;
  uint64_t size_bytes = 0;
  std::string etag;   // opaque: equal as long as the object is the same
};

struct OpenOptions {
  std::string if_match;   // an etag: another version of the object throws Error{conflict}, at open or at the end of its data
};

class Store {
 public:
  virtual ~Store() = default;

  // Calls `visit` for each object whose key starts with `prefix`, in the byte order of the keys, all pages.
  // "Folders" are no objects. What is listed and cannot be opened (a dangling link, a pipe) fails when it is opened.
  virtual void list(std::string_view prefix, const std::function<void(const ObjectInfo&)>& visit) const = 0;
  // Absent where there is no such object.
  virtual std::optional<ObjectInfo> stat(std::string_view key) const = 0;
  virtual std::unique_ptr<io::ByteSource> open(std::string_view key, const OpenOptions& options = {}) const = 0;
  // What people (and the file column) call it: "s3://bucket/key" or "file:///path", not percent-encoded.
  virtual std::string url(std::string_view key) const = 0;
};

}  // namespace tabferry::store
