#include "aws/address.h"

#include <fmt/format.h>

#include "aws/s3_options.h"
#include "base/text.h"
#include "base/url.h"

namespace tabferry::aws {
namespace {

// AWS's certificates cover one label: a bucket with dots in its name is only reached path-style.
bool by_path(const BucketAddress& address) {
  return address.path_style || address.bucket.find('.') != std::string::npos;
}

std::string endpoint_of(const BucketAddress& address) {
  if (address.endpoint.empty()) return service_url("s3", address.region);
  return address.endpoint.ends_with('/') ? address.endpoint.substr(0, address.endpoint.size() - 1) : address.endpoint;
}

std::string encoded_key(std::string_view key) {
  std::string encoded;
  for (const auto part : base::split(key, '/')) encoded += "/" + base::percent_encoded(part);
  return encoded;
}

}  // namespace

bool is_region(std::string_view text) {
  return !text.empty() && text.size() <= 40 &&
         text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string_view::npos;
}

std::string service_url(std::string_view service, std::string_view region) {
  return fmt::format("https://{}.{}.amazonaws.com{}", service, region, region.starts_with("cn-") ? ".cn" : "");
}

std::string BucketAddress::base_url() const {
  const std::string service = endpoint_of(*this);
  if (by_path(*this)) return service + "/" + base::percent_encoded(bucket);
  const auto host = service.find("://") + 3;
  return service.substr(0, host) + bucket + "." + service.substr(host);
}

std::string BucketAddress::url(std::string_view key) const { return base_url() + encoded_key(key); }

std::string BucketAddress::host() const { return base::parse_url(base_url()).host; }

std::string BucketAddress::path(std::string_view key) const { return base::parse_url(url(key)).path; }

bool BucketAddress::is_tls() const { return base_url().starts_with("https://"); }

}  // namespace tabferry::aws
