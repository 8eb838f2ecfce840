// ListObjectsV2, HeadObject, DeleteObjects, CopyObject. Private to this room. Any thread may call them.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>

#include "aws/bucket.h"
#include "aws/runtime.h"
#include "store/store.h"

namespace tabferry::aws {

// One page of list_objects(): `token` is what the page before returned, "" for the first one; returns "" behind the
// last one.
std::string list_page(const Bucket& bucket, std::string_view prefix, const std::string& token,
                      const std::function<void(const store::Object&)>& visit,
                      std::chrono::milliseconds limit = std::chrono::milliseconds{0});
void list_objects(const Bucket& bucket, std::string_view prefix,
                  const std::function<void(const store::Object&)>& visit);
// The folders right below a prefix, without '/', in order.
std::vector<std::string> list_folders(const Bucket& bucket, std::string_view prefix);
std::optional<store::Object> head_object(const Bucket& bucket, std::string_view key);
void delete_objects(const Bucket& bucket, std::span<const std::string> keys);
// Any size; `headers` as creation_headers() makes them.
store::Object copy_object(const Bucket& bucket, const store::Object& from, std::string_view to_key,
                          const Headers& headers);

// What a new object is created with: condition, encryption, storage class, lock.
Headers creation_headers(const S3Options& options, const store::CreateOptions& create);

}  // namespace tabferry::aws
