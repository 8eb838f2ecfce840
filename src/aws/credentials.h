// Who we are towards AWS. One object per way of getting credentials; any thread may ask it.
//
// The places, in the order of AWS's own tools: environment, shared files (keys, credential_process, source_profile with
// role_arn), SSO of the profile, web identity, container (ECS, EKS), instance (IMDS). With `profile` only that
// profile's places. With `role_arn` the result is the role's: AssumeRole by what the places gave.
// https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "aws/connection.h"
#include "base/clock.h"
#include "base/secret.h"

namespace tabferry::aws {

struct CredentialsOptions {
  std::string profile;                         // empty: $AWS_PROFILE, else "default", and all the places
  std::string role_arn;                        // empty: no role
  std::string external_id;                     // of the role; empty: none
  std::string region;                          // whose STS is asked
  std::string sts_endpoint;                    // $AWS_ENDPOINT_URL_STS; empty: the one of the region
  std::chrono::milliseconds patience{20'000};  // for all places together, and again for the role
};

// A set of keys, good until `expires` (absent: for ever).
struct Keys {
  std::string access_key_id;
  base::Secret secret_access_key;
  base::Secret session_token;  // empty: none
  std::optional<base::WallTime> expires;
  std::string from{};  // for people: "the profile 'default' of ..."
};

class Credentials {
 public:
  Credentials(CredentialsOptions options, const Connection& connection, const base::Clock& clock);
  ~Credentials();

  // Good keys: those of the last call while they are good for five minutes more, else fresh ones. Blocks (a
  // credential_process for as long as it likes), else at most for some seconds. Throws Error{denied} with the places
  // that were tried, or with what STS said.
  Keys keys(std::stop_token stop) const;
  // The last ones, without a look anywhere; absent before the first keys(). Never blocks for long: for callbacks.
  std::optional<Keys> last_keys() const;
  // The same places, for someone who cannot wait: asked anew, by a connection and with a patience of its own.
  std::shared_ptr<const Credentials> hurried(const Connection& connection, std::chrono::milliseconds patience) const;
  // The next keys() asks again: the far side said that these have expired.
  void forget() const;
  bool has_role() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::aws
