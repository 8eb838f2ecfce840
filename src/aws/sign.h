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
};

// Adds Authorization and friends to the headers. `body`: what will be sent (small). The URL's path and query must be
// percent-encoded already. Throws Error{bug} where it cannot be signed.
void sign(http::Request& request, std::string_view body, const Keys& keys, const Scope& scope);

// The keys as the runtime wants them.
CredentialsPtr native(const Keys& keys);

}  // namespace tabferry::aws
