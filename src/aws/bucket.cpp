#include "aws/bucket.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

using std::chrono::milliseconds;

namespace tabferry::aws {
namespace {

constexpr auto kTimeIsGoodFor = std::chrono::hours(1);  // two clocks do not part by much meanwhile

// What is left of a call's time for its next try.
milliseconds left_of(milliseconds limit, std::chrono::steady_clock::time_point began) {
  if (limit.count() == 0) return limit;
  const auto used = std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - began);
  return std::max(milliseconds(1), limit - used);
}

// The cheapest request that tells whether the bucket answers, and with a body that says why not.
BucketCall looking() {
  return {.doing = "looking at the bucket of", .right = "s3:ListBucket", .query = "?list-type=2&max-keys=0"};
}

}  // namespace

Bucket::Bucket(S3Options options, const base::Clock& clock)
    : options_(std::move(options)),
      clock_(clock),
      service_(options_.connection, clock),
      region_(options_.region.empty() ? "us-east-1" : options_.region) {}

std::string Bucket::url(std::string_view key) const { return "s3://" + options_.bucket + "/" + std::string(key); }

BucketAddress Bucket::address() const {
  const std::lock_guard lock(mutex_);
  return {
      .bucket = options_.bucket, .region = region_, .endpoint = options_.endpoint, .path_style = options_.path_style};
}

Asked Bucket::asked(const std::string& doing, std::string_view key, const std::string& right) const {
  return {.doing = doing, .url = url(key), .right = right, .region = address().region};
}

http::Response Bucket::ask(const BucketCall& call) const {
  bool renewed = false, moved = false;
  const auto began = std::chrono::steady_clock::now();
  const auto stop = call.despite_stop ? std::stop_token{} : options_.stop;
  for (;;) {
    const auto where = address();
    http::Request request{.method = call.method,
                          .url = (call.key.empty() ? where.base_url() + "/" : where.url(call.key)) + call.query,
                          .headers = call.headers,
                          .may_repeat = call.may_repeat,
                          .total_limit = left_of(call.limit, began)};
    auto response = service_.send(std::move(request), call.body, options_.credentials->keys(stop),
                                  {.region = where.region, .service = "s3", .covers_body = call.signs_body}, stop);
    note_date(response.header("date"));
    const std::lock_guard lock(mutex_);
    answered_ = answered_ || response.status < 500;
    if (response.status < 300) return response;
    const auto refusal = refusal_in(response);
    if (!moved && names_region(refusal, where.region)) {
      moved = true;
      region_ = refusal.region;
    } else if (!renewed && is_expired(refusal)) {
      renewed = true;
      options_.credentials->forget();
    } else {
      return response;
    }
  }
}

void Bucket::look() const { (void)ask_ok(looking()); }

void Bucket::reach() const {
  {
    const std::lock_guard lock(mutex_);
    if (answered_) return;
  }
  (void)ask(looking());
}

void Bucket::note_date(std::string_view date) const {
  const auto time = base::parse_http_date(date);
  if (!time) return;
  const std::lock_guard lock(mutex_);
  said_ = {.time = *time, .heard_at = clock_.steady_now()};
}

std::optional<base::WallTime> Bucket::heard() const {
  const std::lock_guard lock(mutex_);
  if (!said_) return std::nullopt;
  const auto age = std::chrono::floor<milliseconds>(clock_.steady_now() - said_->heard_at);
  return age < kTimeIsGoodFor ? std::optional(said_->time + age) : std::nullopt;
}

base::WallTime Bucket::now() const {
  if (const auto time = heard()) return *time;
  look();
  if (const auto time = heard()) return *time;
  base::fail(base::ErrorKind::corrupt, "{}: the server's answers have no Date: is the endpoint an S3 server?",
             base::quoted(url(""), 400));
}

std::string Bucket::etag_in(const std::string& etag, std::string_view key) const {
  if (etag.empty())
    base::fail(base::ErrorKind::corrupt, "{}: S3 answered without an ETag", base::quoted(url(key), 400));
  return etag;
}

http::Response Bucket::ask_ok(const BucketCall& call) const {
  auto response = ask(call);
  if (response.status >= 300) fail(call, response);
  return response;
}

void Bucket::fail(const BucketCall& call, const http::Response& response) const {
  throw error_of(refusal_in(response), asked(call.doing, call.key, call.right));
}

}  // namespace tabferry::aws
