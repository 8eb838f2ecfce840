#include "aws/topic.h"

#include "aws/error.h"
#include "aws/signed_call.h"
#include "base/text.h"
#include "base/url.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

constexpr size_t kMaxSubject = 100;

[[noreturn]] void fail_refused(const std::string& arn, const http::Response& response) {
  const auto refusal = refusal_in(response);
  const bool passing = response.status == 429 || response.status >= 500 || refusal.code == "Throttling";
  const bool absent = refusal.code == "NotFound" || response.status == 404;
  base::fail(passing ? ErrorKind::transient : absent ? ErrorKind::not_found : ErrorKind::denied,
             "publishing to the topic {}: SNS answered {} {}: {}{}", base::quoted(arn, 300), response.status,
             refusal.code, base::quoted(refusal.message, 300),
             passing || absent ? "" : ". Do the credentials have the right sns:Publish there?");
}

}  // namespace

bool is_topic_arn(std::string_view text) {
  const auto parts = base::split(text, ':');
  return parts.size() == 6 && parts[0] == "arn" && parts[2] == "sns" && !region_in_arn(text).empty() &&
         !parts[4].empty() && !parts[5].empty();
}

std::string subject_for_sns(std::string_view text) {
  std::string subject(base::trim(text));
  if (subject.size() > kMaxSubject) subject.resize(kMaxSubject);
  for (char& c : subject)
    if (c < 0x20 || c > 0x7E) c = '?';
  return std::string(base::trim(subject));
}

void publish_message(const TopicOptions& options, const std::string& subject, const std::string& message,
                     const base::Clock& clock, std::stop_token stop) {
  const std::string region = region_in_arn(options.arn);
  std::string form = "Action=Publish&Version=2010-03-31&TopicArn=" + base::percent_encoded(options.arn) +
                     "&Message=" + base::percent_encoded(message);
  const std::string fit = subject_for_sns(subject);
  if (!fit.empty()) form += "&Subject=" + base::percent_encoded(fit);
  Service service(options.connection, clock);
  const ServiceCall call{.url = service_address(options.endpoint, "sns", region),
                         .headers = {{"content-type", "application/x-www-form-urlencoded"}},
                         .body = base::Secret(std::move(form)),
                         .scope = {.region = region, .service = "sns"},
                         .limit = options.limit};
  const auto response = ask(service, *options.credentials, call, std::move(stop));
  if (response.status != 200) fail_refused(options.arn, response);
}

}  // namespace tabferry::aws
