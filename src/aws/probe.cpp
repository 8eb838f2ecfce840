#include "aws/probe.h"

#include <algorithm>

#include "aws/bucket.h"
#include "aws/checksum.h"
#include "aws/objects.h"

using std::chrono::milliseconds;

namespace tabferry::aws {
namespace {

constexpr milliseconds kSooner{300};  // than the limit of a request: these times say better what happened
constexpr size_t kShownOfKeyId = 4;   // as AWS's own tools show it
constexpr auto kObject = "Made by tabferry doctor to try conditional writes. It may be deleted.\n";

http::NetworkOptions hurried(http::NetworkOptions network, milliseconds limit) {
  for (auto* const time :
       {&network.connect_timeout, &network.first_byte_timeout, &network.look_up_timeout, &network.stall_timeout})
    *time = std::min(*time, limit - kSooner);
  return network;
}

// A role takes two rounds: the keys of who assumes it, and STS.
S3Options hurried(S3Options options, milliseconds limit) {
  const auto half = limit / 2;
  options.connection.network = hurried(options.connection.network, limit);
  options.connection.retry = {.attempts = 1};
  options.credentials =
      options.credentials->hurried({.network = hurried(options.connection.network, half), .retry = {.attempts = 1}},
                                   options.credentials->has_role() ? half : limit);
  return options;
}

}  // namespace

struct BucketProbe::State {
  State(S3Options options, milliseconds the_limit, const base::Clock& the_clock)
      : clock(the_clock),
        limit(the_limit),
        asked_region(options.region),
        bucket(hurried(std::move(options), the_limit), the_clock) {}

  BucketCall put(const std::string& key) const {
    BucketCall call{.doing = "creating",
                    .right = "s3:PutObject",
                    .method = "PUT",
                    .key = key,
                    .body = kObject,
                    .may_repeat = false,
                    .limit = limit};
    call.headers = creation_headers(bucket.options(), {.if_absent = true});
    call.headers.emplace_back("x-amz-checksum-crc32", crc32_base64(call.body));  // a bucket with Object Lock wants one
    return call;
  }

  const base::Clock& clock;
  const milliseconds limit;
  const std::string asked_region;
  Bucket bucket;
};

BucketProbe::BucketProbe(S3Options options, milliseconds limit, const base::Clock& clock)
    : state_(std::make_unique<State>(std::move(options), limit, clock)) {}
BucketProbe::~BucketProbe() = default;
BucketProbe::BucketProbe(BucketProbe&&) noexcept = default;

Reached BucketProbe::connect() const {
  const auto& connection = state_->bucket.options().connection;
  http::Client client(connection.network, connection.retry, state_->clock);
  Reached reached{.url = state_->bucket.address().base_url(), .server_time = std::nullopt};
  const auto began = state_->clock.steady_now();
  const auto response =
      client.send({.method = "HEAD", .url = reached.url + "/", .may_repeat = true, .total_limit = state_->limit},
                  state_->bucket.options().stop);
  reached.round_trip = std::chrono::round<milliseconds>(state_->clock.steady_now() - began);
  reached.server_time = base::parse_http_date(response.header("date"));
  return reached;
}

Identity BucketProbe::credentials() const {
  const auto& options = state_->bucket.options();
  const auto keys = options.credentials->keys(options.stop);
  const auto shown = keys.access_key_id.size() - std::min(keys.access_key_id.size(), kShownOfKeyId);
  return {.key_id = "..." + keys.access_key_id.substr(shown), .from = keys.from, .expires = keys.expires};
}

Found BucketProbe::find() const {
  const BucketCall call{
      .doing = "looking at", .right = "s3:ListBucket", .query = "?list-type=2&max-keys=0", .limit = state_->limit};
  const auto response = state_->bucket.ask(call);
  const bool denied = response.status == 403 && refusal_in(response).code == "AccessDenied";
  if (response.status >= 300 && !denied) state_->bucket.fail(call, response);
  const auto region = state_->bucket.address().region;
  return {.region = region,
          .region_was_wrong = !state_->asked_region.empty() && region != state_->asked_region,
          .may_list = !denied};
}

Match BucketProbe::first_match(const base::Glob& glob) const {
  Match match{.key = std::nullopt};
  const auto until = std::chrono::steady_clock::now() + state_->limit;
  const auto look = [&](const store::Object& object) {
    ++match.looked_at;
    if (!match.key && glob.matches(object.key)) match.key = object.key;
  };
  std::string token;
  do {
    const auto left = std::chrono::floor<milliseconds>(until - std::chrono::steady_clock::now());
    match.all = left > milliseconds(0);
    if (match.all) token = list_page(state_->bucket, glob.literal_prefix(), token, look, left);
  } while (match.all && !match.key && !token.empty());
  return match;
}

void BucketProbe::read(const std::string& key) const {
  const BucketCall call{.doing = "reading",
                        .right = "s3:GetObject",
                        .key = key,
                        .headers = {{"Range", "bytes=0-0"}},
                        .limit = state_->limit};
  const auto response = state_->bucket.ask(call);
  if (response.status >= 300 && response.status != 416)
    state_->bucket.fail(call, response);  // 416: an empty object has no first byte
}

bool BucketProbe::creates_once(const std::string& key) const {
  const auto call = state_->put(key);
  state_->bucket.ask_ok(call);
  const auto second = state_->bucket.ask(call);
  if (second.status < 300) return false;
  if (second.status != 412 && second.status != 409) state_->bucket.fail(call, second);
  return true;
}

std::optional<std::string> BucketProbe::remove(const std::string& key) const {
  const BucketCall call{
      .doing = "deleting", .right = "s3:DeleteObject", .method = "DELETE", .key = key, .limit = state_->limit};
  const auto response = state_->bucket.ask(call);
  if (response.status < 300) return std::nullopt;
  return error_of(refusal_in(response), state_->bucket.asked(call.doing, key, call.right)).what();
}

}  // namespace tabferry::aws
