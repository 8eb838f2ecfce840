// One bucket of S3 as a store. Small requests (list, stat, remove, copy) and small objects that are written go through
// the house's HTTP client, signed, over a connection for each thread that calls; other bytes of objects through the AWS
// runtime's S3 client (parallel ranges, multipart, checksums). Nothing is asked of AWS before the first call.
// docs/s3.md says what was tried and what is the library's word.
//
// ETags are S3's. A copy of any size stays in S3 (beyond 5 GiB, or with a condition, as a multipart upload of copied
// parts).
#pragma once

#include "aws/s3_options.h"
#include "store/store.h"

namespace tabferry::aws {

class S3Store : public store::Store {
 public:
  S3Store(S3Options options, const base::Clock& clock);
  ~S3Store() override;

  void list(std::string_view prefix, const std::function<void(const store::Object&)>& visit) const override;
  std::vector<std::string> list_folders(std::string_view prefix) const override;
  std::optional<store::Object> stat(std::string_view key) const override;
  std::unique_ptr<io::ByteSource> open(std::string_view key, const store::OpenOptions& options = {}) const override;
  std::unique_ptr<store::ObjectSink> create(std::string_view key,
                                            const store::CreateOptions& options = {}) const override;
  void remove(std::span<const std::string> keys) const override;
  store::Object copy(const store::Object& from, std::string_view to_key,
                     const store::CreateOptions& options = {}) const override;
  store::ReadAhead read_ahead() const override;
  store::Compared compared() const override;
  base::WallTime now() const override;
  uint64_t write_memory_bytes() const override;
  std::optional<base::WallTime> locked_until(std::string_view key) const override;
  store::Lifecycle lifecycle_rules() const override;
  uint64_t abort_uploads(std::string_view prefix, std::chrono::milliseconds older_than) const override;
  std::string url(std::string_view key) const override;

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace tabferry::aws
