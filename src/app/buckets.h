// What the configuration and the environment say about S3: for each bucket, which store it is.
//
// A key of a bucket beats the same key of `s3:`. TABFERRY_S3_ENDPOINT beats every endpoint of the file. What neither
// says comes from AWS's own variables (s3_variables.h). Each bucket may use all of `memory:`: tables load one after the
// other, so that one bucket is at work at a time.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "app/settings.h"
#include "aws/s3_options.h"
#include "store/store.h"

namespace tabferry::app {

// Empty, or absent: not said.
struct BucketSettings {
  std::string endpoint;  // "http://HOST:PORT", or "file:///DIR": buckets are directories DIR/BUCKET
  std::string region;
  std::string profile;
  std::string role_arn;
  std::string external_id;
  std::string ca_bundle;
  std::string sse_kms_key_id;
  std::string storage_class;
  std::optional<bool> path_style;
  std::string lock_mode;    // Object Lock of what a backup writes: GOVERNANCE or COMPLIANCE
  uint64_t lock_days = 0;   // said together with the mode
};

class ConfigNode;

// Fails at the node where it is no name of a bucket, or has one of those letters; an address with credentials in it is
// not repeated.
void expect_bucket_name(const ConfigNode& node, const std::string& bucket, std::string_view letters);

class Buckets {
 public:
  Buckets(const Environment& environment, std::stop_token stop);

  BucketSettings all;                             // `s3:`
  std::map<std::string, BucketSettings> by_name;  // `s3.buckets.NAME`
  http::NetworkOptions network;
  uint64_t memory_bytes = 0;

  // True where TABFERRY_S3_ENDPOINT is set.
  bool endpoint_is_forced() const { return !forced_endpoint_.empty(); }
  // What holds for a bucket, from all places.
  BucketSettings settings_of(const std::string& bucket) const;
  // The directory that stands in for it; absent: it is in S3.
  std::optional<std::filesystem::path> folder_of(const std::string& bucket) const;
  // For how long a backup locks what it writes there (CreateOptions::locked_until = now + so long); 0: not at all, as
  // in a directory that stands in for the bucket.
  std::chrono::days lock_time_of(const std::string& bucket) const;
  // One store a bucket; nothing is asked of the network yet.
  std::shared_ptr<const store::Store> store(const std::string& bucket);
  // For doctor and for what talks to S3 in another way.
  aws::S3Options s3_options(const std::string& bucket);

 private:
  std::shared_ptr<const aws::Credentials> credentials(const BucketSettings& settings,
                                                      const aws::Connection& connection);

  std::string forced_endpoint_;
  BucketSettings from_environment_;
  std::string sts_endpoint_;
  std::stop_token stop_;
  std::map<std::string, std::shared_ptr<const store::Store>> stores_;
  std::map<std::string, std::shared_ptr<const aws::Credentials>> credentials_;  // one for all buckets of one identity
};

}  // namespace tabferry::app
