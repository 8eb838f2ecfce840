#include "aws/sign.h"

#include <aws/auth/signable.h>
#include <aws/auth/signing.h>
#include <aws/auth/signing_config.h>
#include <aws/auth/signing_result.h>
#include <aws/common/date_time.h>

#include "base/error.h"
#include "base/hash.h"
#include "base/url.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

MessagePtr message_of(const http::Request& request) {
  const auto url = base::parse_url(request.url);
  MessagePtr message(aws_http_message_new_request(runtime().allocator));
  aws_http_message_set_request_method(message.get(), cursor(request.method));
  aws_http_message_set_request_path(message.get(), cursor(url.path.empty() ? "/" : url.path));
  aws_http_message_add_header(message.get(), {.name = cursor("host"), .value = cursor(url.host)});
  for (const auto& [name, value] : request.headers)
    aws_http_message_add_header(message.get(), {.name = cursor(name), .value = cursor(value)});
  return message;
}

struct Signed {
  aws_http_message* message;
  int error = AWS_ERROR_UNKNOWN;
};

void on_signed(aws_signing_result* result, int error_code, void* user_data) {
  auto& outcome = *static_cast<Signed*>(user_data);
  outcome.error = error_code;
  if (error_code == 0 &&
      aws_apply_signing_result_to_http_request(outcome.message, runtime().allocator, result) != AWS_OP_SUCCESS)
    outcome.error = aws_last_error();
}

// With keys at hand the runtime signs before it returns.
int sign_message(aws_http_message* message, aws_signing_config_aws& config) {
  aws_signable* const signable = aws_signable_new_http_request(runtime().allocator, message);
  Signed outcome{.message = message};
  if (aws_sign_request_aws(runtime().allocator, signable, reinterpret_cast<aws_signing_config_base*>(&config),
                           on_signed, &outcome) != AWS_OP_SUCCESS)
    outcome.error = aws_last_error();
  aws_signable_destroy(signable);
  return outcome.error;
}

}  // namespace

CredentialsPtr native(const Keys& keys) {
  return CredentialsPtr(aws_credentials_new(runtime().allocator, cursor(keys.access_key_id),
                                            cursor(keys.secret_access_key.reveal()),
                                            cursor(keys.session_token.reveal()), UINT64_MAX));
}

void sign(http::Request& request, std::string_view body, const Keys& keys, const Scope& scope) {
  const auto message = message_of(request);
  const auto credentials = native(keys);
  const std::string hash = scope.covers_body ? base::sha256_hex(body) : "UNSIGNED-PAYLOAD";
  aws_signing_config_aws config{};
  config.config_type = AWS_SIGNING_CONFIG_AWS;
  config.algorithm = AWS_SIGNING_ALGORITHM_V4;
  config.signature_type = AWS_ST_HTTP_REQUEST_HEADERS;
  config.region = cursor(scope.region);
  config.service = cursor(scope.service);
  aws_date_time_init_now(&config.date);
  const bool s3 = scope.service == "s3";  // S3 alone signs the path as it is sent
  config.flags.use_double_uri_encode = s3 ? 0 : 1;
  config.flags.should_normalize_uri_path = s3 ? 0 : 1;
  config.signed_body_value = cursor(hash);
  config.signed_body_header = AWS_SBHT_X_AMZ_CONTENT_SHA256;
  config.credentials = credentials.get();
  if (const int error = sign_message(message.get(), config); error != 0)
    base::fail(ErrorKind::bug, "a request to {} could not be signed: {}", scope.service, error_words(error));
  request.headers = headers_of(aws_http_message_get_headers(message.get()));
  std::erase_if(request.headers, [](const auto& header) { return header.first == "host"; });
}

}  // namespace tabferry::aws
