#include "app/buckets.h"

#include <fmt/format.h>

#include <algorithm>

#include "app/config_node.h"
#include "app/file_url.h"
#include "app/s3_variables.h"
#include "aws/s3_store.h"
#include "base/text.h"
#include "store/dir_store.h"

namespace fs = std::filesystem;

namespace tabferry::app {
namespace {

// `over` where it says something, else `under`.
BucketSettings merged(const BucketSettings& over, const BucketSettings& under) {
  const auto pick = [&](std::string BucketSettings::*field) {
    return (over.*field).empty() ? under.*field : over.*field;
  };
  const BucketSettings& lock = over.lock_mode.empty() ? under : over;
  return {.endpoint = pick(&BucketSettings::endpoint),
          .region = pick(&BucketSettings::region),
          .profile = pick(&BucketSettings::profile),
          .role_arn = pick(&BucketSettings::role_arn),
          .external_id = pick(&BucketSettings::external_id),
          .ca_bundle = pick(&BucketSettings::ca_bundle),
          .sse_kms_key_id = pick(&BucketSettings::sse_kms_key_id),
          .storage_class = pick(&BucketSettings::storage_class),
          .path_style = over.path_style ? over.path_style : under.path_style,
          .lock_mode = lock.lock_mode,
          .lock_days = lock.lock_days};
}

// An endpoint of one's own seldom has a name a bucket.
bool path_style_of(const BucketSettings& settings) {
  if (settings.path_style) return *settings.path_style;
  return !settings.endpoint.empty() && settings.endpoint.find(".amazonaws.com") == std::string::npos;
}

}  // namespace

void expect_bucket_name(const ConfigNode& node, const std::string& bucket, std::string_view letters) {
  if (bucket.find('@') != std::string::npos)
    node.fail(
        "has an '@' in its bucket's name: credentials do not belong into an address; put them into the environment, a "
        "profile or a role");
  if (bucket == "." || bucket == ".." || bucket.find_first_of(letters) != std::string::npos)
    node.fail("{} is no name of a bucket", base::quoted(bucket));
}

Buckets::Buckets(const Environment& environment, std::stop_token stop)
    : forced_endpoint_(value_of(environment, kForcedEndpointVariables)),
      sts_endpoint_(value_of(environment, kStsEndpointVariables)),
      stop_(std::move(stop)) {
  from_environment_.endpoint = value_of(environment, kEndpointVariables);
  from_environment_.region = value_of(environment, kRegionVariables);
  from_environment_.ca_bundle = value_of(environment, kCaBundleVariables);
}

BucketSettings Buckets::settings_of(const std::string& bucket) const {
  const auto own = by_name.find(bucket);
  auto settings = merged(own == by_name.end() ? BucketSettings{} : own->second, merged(all, from_environment_));
  if (endpoint_is_forced()) settings.endpoint = forced_endpoint_;
  return settings;
}

std::optional<fs::path> Buckets::folder_of(const std::string& bucket) const {
  const auto folder = folder_of_url(settings_of(bucket).endpoint);
  return folder ? std::optional(*folder / bucket) : std::nullopt;
}

std::chrono::days Buckets::lock_time_of(const std::string& bucket) const {
  return std::chrono::days(folder_of(bucket) ? 0 : settings_of(bucket).lock_days);
}

std::shared_ptr<const store::Store> Buckets::store(const std::string& bucket) {
  auto& slot = stores_[bucket];
  if (slot) return slot;
  if (const auto folder = folder_of(bucket))
    return slot = std::make_shared<const store::DirStore>(*folder, "s3://" + bucket + "/");
  return slot = std::make_shared<const aws::S3Store>(s3_options(bucket), base::system_clock());
}

aws::S3Options Buckets::s3_options(const std::string& bucket) {
  const auto settings = settings_of(bucket);
  aws::S3Options options{.bucket = bucket,
                         .region = settings.region,
                         .endpoint = settings.endpoint,
                         .path_style = path_style_of(settings),
                         .sse_kms_key_id = settings.sse_kms_key_id,
                         .storage_class = settings.storage_class,
                         .lock_mode = settings.lock_mode};
  options.connection.network = network;
  options.connection.network.look_up_timeout =
      std::min(network.look_up_timeout, network.stall_timeout);  // S3 answers at once, or is not well
  if (!settings.ca_bundle.empty()) options.connection.network.ca_bundle = settings.ca_bundle;
  options.credentials = credentials(settings, options.connection);
  options.memory = aws::share_out(memory_bytes);
  options.stop = stop_;
  return options;
}

std::shared_ptr<const aws::Credentials> Buckets::credentials(const BucketSettings& settings,
                                                             const aws::Connection& connection) {
  auto& slot = credentials_[fmt::format("{}\n{}\n{}\n{}", settings.profile, settings.role_arn, settings.external_id,
                                        connection.network.ca_bundle)];
  if (!slot)
    slot = std::make_shared<const aws::Credentials>(
        aws::CredentialsOptions{.profile = settings.profile,
                                .role_arn = settings.role_arn,
                                .external_id = settings.external_id,
                                .region = settings.region.empty() ? "us-east-1" : settings.region,
                                .sts_endpoint = sts_endpoint_},
        connection, base::system_clock());
  return slot;
}

}  // namespace tabferry::app
