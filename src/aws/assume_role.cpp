#include "aws/assume_role.h"

#include "aws/address.h"
#include "aws/error.h"
#include "base/error.h"
#include "base/text.h"
#include "base/url.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

std::string endpoint_of(const CredentialsOptions& options) {
  return options.sts_endpoint.empty() ? service_url("sts", options.region) : options.sts_endpoint;
}

std::string form_of(const CredentialsOptions& options) {
  std::string form = "Action=AssumeRole&Version=2011-06-15&RoleSessionName=tabferry&RoleArn=" +
                     base::percent_encoded(options.role_arn);
  if (!options.external_id.empty()) form += "&ExternalId=" + base::percent_encoded(options.external_id);
  return form;
}

[[noreturn]] void fail_refused(const CredentialsOptions& options, const http::Response& response) {
  const auto refusal = refusal_in(response);
  base::fail(response.status >= 500 ? ErrorKind::transient : ErrorKind::denied,
             "assuming the role {}: STS answered {} {}: {}. The role's trust policy must allow these credentials{}",
             base::quoted(options.role_arn, 300), response.status, refusal.code, base::quoted(refusal.message, 300),
             options.external_id.empty() ? "; does it want an external_id?" : ", with this external_id");
}

Keys keys_of(const http::Response& response) {
  const auto document = doc::XmlDocument::parse(response.body, "the answer of STS");
  const auto found = document.root().descendants("Credentials");
  const auto element = found.empty() ? doc::Element{} : found.front();
  Keys keys{.access_key_id = element.child("AccessKeyId").text(),
            .secret_access_key = base::Secret(element.child("SecretAccessKey").text()),
            .session_token = base::Secret(element.child("SessionToken").text()),
            .expires = base::parse_iso_time(element.child("Expiration").text())};
  if (keys.access_key_id.empty() || keys.secret_access_key.empty() || !keys.expires)
    base::fail(ErrorKind::corrupt, "assuming the role: the answer of STS holds no keys");
  return keys;
}

}  // namespace

Keys assume_role(Service& sts, const CredentialsOptions& options, const Keys& by, std::stop_token stop) {
  http::Request request{.method = "POST",
                        .url = endpoint_of(options) + "/",
                        .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                        .may_repeat = true,
                        .total_limit = options.patience};
  const auto response =
      sts.send(std::move(request), form_of(options), by, {.region = options.region, .service = "sts"}, stop);
  if (response.status != 200) fail_refused(options, response);
  auto keys = keys_of(response);
  keys.from = fmt::format("the role {} by {}", base::quoted(options.role_arn, 300), by.from);
  return keys;
}

}  // namespace tabferry::aws
