// JSON Web Tokens of connected apps (RFC 7519, HS256;
// https://help.tableau.com/current/online/en-us/connected_apps_direct.htm). All refuse with 401001 and Tableau's own
// number for the reason (https://help.tableau.com/current/online/en-us/connected_apps_troubleshoot.htm).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"

namespace tabferry::sim {

struct Jwt {
  std::string key_id;                  // "kid": the id of the app's secret
  std::string issuer;                  // "iss": the app's client id
  std::string header_issuer;           // the same in the header; "" where it is not there
  std::string id;                      // "jti"
  std::string subject;                 // "sub": the user's name
  std::vector<std::string> audiences;  // "aud"
  std::vector<std::string> scopes;     // "scp"
  base::WallTime expires;              // "exp"
  std::string signed_part;             // what the signature is of
  std::string signature;               // bytes
};

// Refuses what is no signed JWT, is signed in another way, or lacks a claim.
Jwt parse_jwt(std::string_view text);
bool is_signed_with(const Jwt& jwt, std::string_view secret);
// Refuses another audience, and what is expired or lives longer than ten minutes from `now` on.
void check_claims(const Jwt& jwt, base::WallTime now);

}  // namespace tabferry::sim
