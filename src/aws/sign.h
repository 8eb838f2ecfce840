// Signature Version 4, by aws-c-auth. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "aws/runtime.h"
#include "http/client.h"

namespace tabferry::aws {

struct Scope {
  std::string region;
  std::string service;  // "s3", "sts", "secretsmanager"
  // False (S3 alone): the signature does not cover the body itself, only the checksum of it that a header must carry,
  // as AWS's own library sends objects. Hashing them once more would cost more than sending them.
  bool covers_body = true;
};

// Adds Authorization and friends to the headers. `body`: what will be sent. The URL's path and query must be
// percent-encoded already. Throws Error{bug} where it cannot be signed.
void sign(http::Request& request, std::string_view body, const Keys& keys, const Scope& scope);

// The keys as the runtime wants them.
CredentialsPtr native(const Keys& keys);

}  // namespace tabferry::aws
