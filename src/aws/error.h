// What S3 and STS say when they refuse, as our Error with its cure. Private to this room.
// https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/error.h"
#include "http/client.h"

namespace tabferry::aws {

using HeaderOf = std::function<std::string(std::string_view lower_case_name)>;

// An answer that is no success.
struct Refusal {
  int status = 0;
  std::string code;     // "NoSuchKey"; without a body "AccessDenied" for 403, "PreconditionFailed" for 412; else ""
  std::string message;  // S3's words
  std::string request_id;
  std::string region;  // where the bucket is, when the answer says so
};
Refusal refusal_of(int status, std::string_view body, const HeaderOf& header);
Refusal refusal_in(const http::Response& response);

// True where the region that was asked is the wrong one and the answer names another.
bool names_region(const Refusal& refusal, const std::string& asked);
// Keys whose time is over: fresh ones may do.
bool is_expired(const Refusal& refusal);

// "DOING URL: S3 answered 403 AccessDenied: MESSAGE (request ID). CURE".
struct Asked {
  std::string doing;   // "reading"
  std::string url;     // s3://bucket/key
  std::string right;   // the IAM action that it needs: "s3:GetObject"
  std::string region;  // that was asked
};
base::Error error_of(const Refusal& refusal, const Asked& asked);

}  // namespace tabferry::aws
