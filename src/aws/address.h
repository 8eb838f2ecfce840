// Where a bucket is on the network. Private to this room.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html
#pragma once

#include <string>
#include <string_view>

namespace tabferry::aws {

struct BucketAddress {
  std::string bucket;
  std::string region;
  std::string endpoint;     // "http://127.0.0.1:9000"; empty: AWS's own of the region
  bool path_style = false;  // https://HOST/BUCKET/KEY instead of https://BUCKET.HOST/KEY

  std::string base_url() const;                  // "https://bucket.s3.eu-west-1.amazonaws.com"
  std::string url(std::string_view key) const;   // percent-encoded as S3 signs it: '/' stays
  std::string host() const;                      // with the port
  std::string path(std::string_view key) const;  // "/bucket/a%20b"
  bool is_tls() const;
};

// AWS's own address of a service: "https://sts.eu-west-1.amazonaws.com".
std::string service_url(std::string_view service, std::string_view region);

}  // namespace tabferry::aws
