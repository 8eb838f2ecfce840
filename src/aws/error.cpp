#include "aws/error.h"

#include <algorithm>
#include <array>

#include "aws/s3_options.h"
#include "base/text.h"
#include "doc/xml.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

struct Known {
  std::string_view code;
  ErrorKind kind;
  std::string_view cure;  // {right} is the IAM action, {region} the bucket's region
};

constexpr std::array kKnown = {
    Known{"NoSuchBucket", ErrorKind::not_found,
          "There is no bucket of that name (or, with an endpoint of your own, not there): is it spelled right?"},
    Known{"NoSuchKey", ErrorKind::not_found, "There is no such object"},
    Known{"NoSuchUpload", ErrorKind::transient,
          "The upload was ended by someone else (a lifecycle rule, or another program)"},
    Known{"AccessDenied", ErrorKind::denied,
          "The credentials lack the right {right} there (or the bucket's policy, an SCP, or its KMS key says no)"},
    Known{"AllAccessDisabled", ErrorKind::denied, "The account that owns the bucket is disabled"},
    Known{"InvalidAccessKeyId", ErrorKind::denied,
          "The access key is not known there: is it the key of this account (or of this endpoint)?"},
    Known{"XAdminUserNotFound", ErrorKind::denied,
          "The access key is not known there: is it the key of this server?"},  // versitygw
    Known{"SignatureDoesNotMatch", ErrorKind::denied, "The secret access key does not belong to the access key id"},
    Known{"ExpiredToken", ErrorKind::denied,
          "The session token has expired: get new credentials (aws sso login, or a fresh role session) and run again"},
    Known{"TokenRefreshRequired", ErrorKind::denied,
          "The session token must be renewed: get new credentials and run again"},
    Known{"InvalidToken", ErrorKind::denied,
          "The session token is not valid: AWS_SESSION_TOKEN must belong to the access key"},
    Known{"RequestTimeTooSkewed", ErrorKind::denied,
          "This machine's clock is wrong by more than 15 minutes: set it (timedatectl set-ntp true)"},
    Known{"PermanentRedirect", ErrorKind::config,
          "The bucket is in another region: set s3.buckets.NAME.region{region}"},
    Known{"AuthorizationHeaderMalformed", ErrorKind::config,
          "The bucket is in another region: set s3.buckets.NAME.region{region}"},
    Known{"IllegalLocationConstraintException", ErrorKind::config,
          "The bucket is in another region: set s3.buckets.NAME.region{region}"},
    Known{"InvalidObjectState", ErrorKind::denied,
          "The object is archived (Glacier): restore it first (aws s3api restore-object)"},
    Known{"PreconditionFailed", ErrorKind::conflict, ""},
    Known{"ConditionalRequestConflict", ErrorKind::conflict, "Another program was writing it at the same time"},
    Known{"OperationAborted", ErrorKind::conflict, "Another program was writing it at the same time"},
    Known{"SlowDown", ErrorKind::transient, "S3 asks to slow down"},
    Known{"InternalError", ErrorKind::transient, ""},  // known by name, for copies and completions fail behind a 200
    Known{"ServiceUnavailable", ErrorKind::transient, ""},
    Known{"RequestTimeout", ErrorKind::transient, ""},
    Known{"NotImplemented", ErrorKind::refused, "This S3 server does not know that kind of request"},
    Known{"KMS.NotFoundException", ErrorKind::config, "The KMS key does not exist: check sse_kms_key_id"},
    Known{"KMS.DisabledException", ErrorKind::config, "The KMS key is disabled"},
    Known{"InvalidStorageClass", ErrorKind::config, "Check storage_class"},
    Known{"EntityTooLarge", ErrorKind::denied, "The object is too large for one request or for this server"},
};

ErrorKind kind_of_status(int status) {
  if (status == 401 || status == 403) return ErrorKind::denied;
  if (status == 404) return ErrorKind::not_found;
  if (status == 409 || status == 412) return ErrorKind::conflict;
  if (status == 429 || status >= 500) return ErrorKind::transient;
  return ErrorKind::denied;
}

// HEAD answers have no body, and S3 then says 403 for whatever is forbidden and 404 for what is not there.
std::string code_of_status(int status) {
  if (status == 403) return "AccessDenied";
  if (status == 412) return "PreconditionFailed";
  return "";
}

void read_body(std::string_view body, Refusal& refusal) {
  if (base::trim(body).empty() || base::trim(body).front() != '<') return;
  try {
    const auto document = doc::XmlDocument::parse(body, "S3's answer");
    auto error = document.root();
    if (const auto inner = error.child("Error")) error = inner;  // STS wraps it in an ErrorResponse
    refusal.code = error.child("Code").text();
    refusal.message = error.child("Message").text();
    if (refusal.request_id.empty()) refusal.request_id = error.child("RequestId").text();
    if (refusal.region.empty()) refusal.region = error.child("Region").text();
  } catch (const base::Error&) {  // a page of some proxy: its status says enough
  }
}

// A hostile answer must not fill a message, nor choose the host that gets the next signed request.
void tidy(Refusal& refusal) {
  for (std::string* word : {&refusal.code, &refusal.request_id}) {
    if (word->size() > 80) word->resize(80);
    std::erase_if(*word,
                  [](char c) { return static_cast<unsigned char>(c) < 0x21 || static_cast<unsigned char>(c) > 0x7E; });
  }
  if (!is_region(refusal.region)) refusal.region.clear();
}

// Of "s3://BUCKET/KEY".
std::string_view bucket_of(std::string_view url) {
  const auto name = url.substr(std::min(url.size(), url.find("://") + 3));
  return name.substr(0, name.find('/'));
}

std::string cure_of(const Known* known, const Refusal& refusal, const Asked& asked) {
  if (!known) return "";
  std::string cure(known->cure);
  const auto put = [&](std::string_view mark, const std::string& text) {
    if (const auto at = cure.find(mark); at != std::string::npos) cure.replace(at, mark.size(), text);
  };
  put("NAME", std::string(bucket_of(asked.url)));
  put("{right}", asked.right);
  put("{region}", refusal.region.empty() ? "" : ": " + refusal.region);
  return cure;
}

}  // namespace

Refusal refusal_of(int status, std::string_view body, const HeaderOf& header) {
  Refusal refusal{.status = status, .request_id = header("x-amz-request-id"), .region = header("x-amz-bucket-region")};
  read_body(body, refusal);
  tidy(refusal);
  if (!refusal.code.empty()) return refusal;
  if (base::trim(body).empty())
    refusal.code = code_of_status(status);
  else if (refusal.message.empty())
    refusal.message = "a page that is not S3's: a proxy, or another server than S3";
  return refusal;
}

Refusal refusal_in(const http::Response& response) {
  return refusal_of(response.status, response.body, [&](std::string_view name) { return response.header(name); });
}

bool names_region(const Refusal& refusal, const std::string& asked) {
  const bool wrong = refusal.status == 301 || refusal.status == 307 || refusal.code == "AuthorizationHeaderMalformed" ||
                     refusal.code == "IllegalLocationConstraintException" ||
                     (refusal.status == 400 && refusal.code.empty());
  return wrong && !refusal.region.empty() && refusal.region != asked;
}

bool is_expired(const Refusal& refusal) {
  return refusal.code == "ExpiredToken" || refusal.code == "TokenRefreshRequired";
}

base::Error error_of(const Refusal& refusal, const Asked& asked) {
  const auto at =
      std::find_if(kKnown.begin(), kKnown.end(), [&](const Known& known) { return known.code == refusal.code; });
  const Known* const known = at == kKnown.end() ? nullptr : &*at;
  std::string said = fmt::format("{}{}{}", refusal.status, refusal.code.empty() ? "" : " ", refusal.code);
  if (!refusal.message.empty()) said += ": " + base::quoted(refusal.message, 300);
  if (!refusal.request_id.empty()) said += fmt::format(" (request {})", refusal.request_id);
  const std::string cure = cure_of(known, refusal, asked);
  return {known ? known->kind : kind_of_status(refusal.status),
          fmt::format("{} {}: S3 answered {}{}{}", asked.doing, base::quoted(asked.url, 400), said,
                      cure.empty() ? "" : ". ", cure)};
}

}  // namespace tabferry::aws
