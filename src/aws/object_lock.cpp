#include "aws/object_lock.h"

#include "base/error.h"
#include "base/text.h"
#include "doc/xml.h"
#include "store/store.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

// No lock of that kind on the object, or no object. AWS says 404 to both; versitygw says 400 to the first.
bool says_none(const http::Response& response) {
  return response.status == 404 ||
         (response.status == 400 && refusal_in(response).code == "NoSuchObjectLockConfiguration");
}

// The same of a bucket; or of a server that does not know Object Lock.
bool says_that_there_is_none(const http::Response& response) {
  const auto code = refusal_in(response).code;
  return code == "ObjectLockConfigurationNotFoundError" || code == "InvalidBucketObjectLockConfiguration" ||
         code == "NotImplemented" || code == "MethodNotAllowed" || response.status == 501;
}

doc::XmlDocument answer_to(const Bucket& bucket, const BucketCall& call, const http::Response& response) {
  return doc::XmlDocument::parse(response.body, fmt::format("{} {}", call.doing, bucket.url(call.key)));
}

}  // namespace

std::optional<base::WallTime> ObjectLock::until(std::string_view key) const {
  if (!may_lock()) return std::nullopt;
  const auto until = retained_until(key);
  if (until && *until > bucket_.now()) return until;
  return is_held(key) ? std::optional(store::kNeverUnlocked) : std::nullopt;
}

// A server that does not know Object Lock locks nothing. Where it may not be asked, each object is.
bool ObjectLock::may_lock() const {
  const std::lock_guard lock(mutex_);
  if (may_lock_) return *may_lock_;
  const BucketCall call{.doing = "reading the Object Lock of",
                        .right = "s3:GetBucketObjectLockConfiguration",
                        .query = "?object-lock="};
  const auto response = bucket_.ask(call);
  if (response.status < 300)
    may_lock_ = answer_to(bucket_, call, response).root().child("ObjectLockEnabled").text() == "Enabled";
  else if (response.status == 403)
    may_lock_ = true;
  else if (says_that_there_is_none(response))
    may_lock_ = false;
  else
    bucket_.fail(call, response);
  return *may_lock_;
}

std::optional<base::WallTime> ObjectLock::retained_until(std::string_view key) const {
  const BucketCall call{.doing = "reading the lock of",
                        .right = "s3:GetObjectRetention",
                        .key = std::string(key),
                        .query = "?retention="};
  const auto response = bucket_.ask(call);
  if (says_none(response)) return std::nullopt;
  if (response.status >= 300) bucket_.fail(call, response);
  const std::string text = answer_to(bucket_, call, response).root().child("RetainUntilDate").text();
  if (text.empty()) return std::nullopt;
  const auto until = base::parse_iso_time(base::trim(text));
  if (!until)
    base::fail(ErrorKind::corrupt, "{}: S3 gives the time {}, until which it is locked",
               base::quoted(bucket_.url(key), 400), base::quoted(text));
  return until;
}

bool ObjectLock::is_held(std::string_view key) const {
  const BucketCall call{.doing = "reading the legal hold of",
                        .right = "s3:GetObjectLegalHold",
                        .key = std::string(key),
                        .query = "?legal-hold="};
  const auto response = bucket_.ask(call);
  if (says_none(response)) return false;
  if (response.status >= 300) bucket_.fail(call, response);
  return answer_to(bucket_, call, response).root().child("Status").text() == "ON";
}

}  // namespace tabferry::aws
