// Until when objects are locked. Private to this room. Any thread may call it.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-lock.html
#pragma once

#include <mutex>
#include <optional>
#include <string_view>

#include "aws/bucket.h"

namespace tabferry::aws {

class ObjectLock {
 public:
  // `bucket` must outlive it.
  explicit ObjectLock(const Bucket& bucket) : bucket_(bucket) {}

  // As Store::locked_until(). One request a key, and none where the bucket is known to lock nothing; a bucket is asked
  // for that once. Throws Error{denied} where the retention of an object may not be read.
  std::optional<base::WallTime> until(std::string_view key) const;

 private:
  bool may_lock() const;
  std::optional<base::WallTime> retained_until(std::string_view key) const;
  bool is_held(std::string_view key) const;

  const Bucket& bucket_;
  mutable std::mutex mutex_;
  mutable std::optional<bool> may_lock_;
};

}  // namespace tabferry::aws
