#include "aws/s3_store.h"

#include <algorithm>

#include "aws/lifecycle.h"
#include "aws/object_lock.h"
#include "aws/object_sink.h"
#include "aws/object_source.h"
#include "aws/objects.h"
#include "aws/transfers.h"
#include "aws/uploads.h"

namespace tabferry::aws {

Memory share_out(uint64_t memory_bytes) {
  Memory memory;
  // A quarter for the runtime's reads, a quarter for the rings; the rest is the process's own, the engine's messages,
  // and the parts of objects being written.
  memory.connections = static_cast<uint32_t>(std::clamp<uint64_t>(memory_bytes / 4 / memory.part_bytes, 4, 64));
  memory.read_ahead_bytes = memory.connections * memory.part_bytes;
  return memory;
}

struct S3Store::Parts {
  Parts(S3Options options, const base::Clock& clock)
      : bucket(std::make_shared<const Bucket>(std::move(options), clock)),
        transfers(std::make_shared<const Transfers>(bucket)),
        lock(*bucket) {}
  std::shared_ptr<const Bucket> bucket;
  std::shared_ptr<const Transfers> transfers;
  ObjectLock lock;
};

S3Store::S3Store(S3Options options, const base::Clock& clock)
    : parts_(std::make_unique<Parts>(std::move(options), clock)) {}

S3Store::~S3Store() = default;

void S3Store::list(std::string_view prefix, const std::function<void(const store::Object&)>& visit) const {
  list_objects(*parts_->bucket, prefix, visit);
}

std::vector<std::string> S3Store::list_folders(std::string_view prefix) const {
  return aws::list_folders(*parts_->bucket, prefix);
}

std::optional<store::Object> S3Store::stat(std::string_view key) const { return head_object(*parts_->bucket, key); }

std::unique_ptr<io::ByteSource> S3Store::open(std::string_view key, const store::OpenOptions& options) const {
  return open_object(parts_->transfers, key, options);
}

std::unique_ptr<store::ObjectSink> S3Store::create(std::string_view key, const store::CreateOptions& options) const {
  return create_object(parts_->transfers, key, options);
}

void S3Store::remove(std::span<const std::string> keys) const { delete_objects(*parts_->bucket, keys); }

store::Object S3Store::copy(const store::Object& from, std::string_view to_key,
                            const store::CreateOptions& options) const {
  return copy_object(*parts_->bucket, from, to_key, creation_headers(parts_->bucket->options(), options));
}

// Twice as many small objects as there are connections: the next ones wait in line where one is done.
store::ReadAhead S3Store::read_ahead() const {
  const auto& memory = parts_->bucket->options().memory;
  return {.objects = 2 * size_t{memory.connections},
          .size_bytes = memory.read_ahead_bytes,
          .least_bytes = 2 * memory.part_bytes};
}

store::Compared S3Store::compared() const { return parts_->transfers->compared(); }

base::WallTime S3Store::now() const { return parts_->bucket->now(); }

std::optional<base::WallTime> S3Store::locked_until(std::string_view key) const { return parts_->lock.until(key); }

store::Lifecycle S3Store::lifecycle_rules() const { return lifecycle_of(*parts_->bucket); }

uint64_t S3Store::abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const {
  return aws::abort_uploads(*parts_->bucket, prefix, now() - older_than);
}

// The part that is filled, and those under way, of which the runtime has a copy.
uint64_t S3Store::write_memory_bytes() const {
  const auto& memory = parts_->bucket->options().memory;
  return (2 * memory.parts_under_way + 1) * memory.part_bytes;
}

std::string S3Store::url(std::string_view key) const { return parts_->bucket->url(key); }

}  // namespace tabferry::aws
