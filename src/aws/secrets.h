// Texts that AWS keeps: secrets (Secrets Manager) and parameters (Parameter Store of Systems Manager).
//
// Each call asks anew. Any thread may call; requests go out one after the other. Errors name the secret and never any
// of it: not_found, denied (with the right that is needed), config (no region), transient, corrupt.
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
// https://docs.aws.amazon.com/systems-manager/latest/APIReference/API_GetParameter.html
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>

#include "aws/connection.h"
#include "aws/credentials.h"
#include "base/clock.h"
#include "base/secret.h"

namespace tabferry::aws {

struct SecretsOptions {
  std::string region;                   // of names; an ARN says its own. Empty: only ARNs can be asked for
  std::string secretsmanager_endpoint;  // "http://127.0.0.1:5000"; empty: AWS's own
  std::string ssm_endpoint;
  std::shared_ptr<const Credentials> credentials;
  Connection connection;
  std::chrono::milliseconds limit{15'000};  // of each try
};

class Secrets {
 public:
  // `clock` must outlive it.
  Secrets(SecretsOptions options, const base::Clock& clock);
  ~Secrets();

  // The SecretString of the current version, whole: often JSON.
  base::Secret secret(const std::string& name_or_arn, std::stop_token stop) const;
  // Decrypted, where it is a SecureString.
  base::Secret parameter(const std::string& name_or_arn, std::stop_token stop) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::aws
