// Inside of the room: references to secrets as the configuration writes them (design section 3, "Secrets").
//
//   env:NAME                          an environment variable
//   file:PATH                         a file; a relative one starts at the configuration's folder, then at
//                                     $CREDENTIALS_DIRECTORY
//   secretsmanager:NAME-or-ARN[#KEY]  a secret of AWS Secrets Manager; with KEY that text in its JSON object
//   ssm:NAME                          a parameter of AWS Systems Manager, decrypted: ssm:/tableau/pat
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/aws_services.h"
#include "app/config_node.h"
#include "app/settings.h"

namespace tabferry::app {

// One of the four in front.
bool is_reference(std::string_view text);

// Throws with the node's place for a reference that cannot work: env: without a name, file: without a path ...
void check_reference(const ConfigNode& node, std::string_view text);

// Where references are looked up.
struct SecretPlaces {
  std::filesystem::path folder;  // the configuration's: absolute
  Environment environment;
  std::shared_ptr<AwsServices> aws;
};

// One reading of some references: what a secret of AWS holds under several keys is asked for once, so that they belong
// together. A new reading asks anew: a rotated secret works in mid-run. One thread.
class SecretReading {
 public:
  explicit SecretReading(SecretPlaces places, std::stop_token stop = {})
      : places_(std::move(places)), stop_(std::move(stop)) {}

  // The value behind a reference (one trailing line end dropped), else the text itself. `what` is whose it is, for
  // messages: "auth.pat_secret of site prod". Throws Error{config}: not set, not readable, empty, no such key; and what
  // AWS says (denied, not_found, transient).
  base::Secret read(const std::string& what, const std::string& reference);

 private:
  base::Secret resolve(const std::string& reference);
  base::Secret from_aws(const std::string& reference);

  SecretPlaces places_;
  std::stop_token stop_;
  std::map<std::string, base::Secret> asked_;  // name of a secret -> all of it
};

}  // namespace tabferry::app
