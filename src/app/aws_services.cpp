#include "app/aws_services.h"

#include <algorithm>

#include "app/s3_variables.h"
#include "aws/topic.h"

using namespace std::chrono_literals;

namespace tabferry::app {
namespace {

// https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
constexpr const char* kSecretsManagerEndpoint[] = {"AWS_ENDPOINT_URL_SECRETS_MANAGER", "AWS_ENDPOINT_URL"};
constexpr const char* kSsmEndpoint[] = {"AWS_ENDPOINT_URL_SSM", "AWS_ENDPOINT_URL"};
constexpr const char* kSnsEndpoint[] = {"AWS_ENDPOINT_URL_SNS", "AWS_ENDPOINT_URL"};

constexpr auto kAnswerLimit = 15s;  // they answer at once, or are not well

aws::Connection connection_of(const Environment& environment, http::NetworkOptions network) {
  network.look_up_timeout = std::min<std::chrono::milliseconds>(network.look_up_timeout, kAnswerLimit);
  const std::string ca_bundle = value_of(environment, kCaBundleVariables);
  if (!ca_bundle.empty()) network.ca_bundle = ca_bundle;
  return {.network = std::move(network), .retry = {.attempts = 4, .first_wait = 250ms, .max_wait = 5s}};
}

}  // namespace

AwsServices::AwsServices(const Environment& environment, http::NetworkOptions network, std::string region)
    : connection_(connection_of(environment, std::move(network))),
      region_(region.empty() ? value_of(environment, kRegionVariables) : std::move(region)),
      secretsmanager_(value_of(environment, kSecretsManagerEndpoint)),
      ssm_(value_of(environment, kSsmEndpoint)),
      sns_(value_of(environment, kSnsEndpoint)),
      sts_(value_of(environment, kStsEndpointVariables)) {}

const std::shared_ptr<const aws::Credentials>& AwsServices::credentials() {
  if (!credentials_)
    credentials_ = std::make_shared<const aws::Credentials>(
        aws::CredentialsOptions{.region = region_.empty() ? "us-east-1" : region_, .sts_endpoint = sts_}, connection_,
        base::system_clock());
  return credentials_;
}

const aws::Secrets& AwsServices::secrets() {
  const std::lock_guard lock(mutex_);
  if (!secrets_)
    secrets_ = std::make_unique<const aws::Secrets>(aws::SecretsOptions{.region = region_,
                                                                        .secretsmanager_endpoint = secretsmanager_,
                                                                        .ssm_endpoint = ssm_,
                                                                        .credentials = credentials(),
                                                                        .connection = connection_},
                                                    base::system_clock());
  return *secrets_;
}

void AwsServices::publish(const std::string& topic_arn, const std::string& subject, const std::string& message,
                          std::stop_token stop) {
  aws::TopicOptions options{.arn = topic_arn, .endpoint = sns_, .credentials = nullptr, .connection = connection_};
  {
    const std::lock_guard lock(mutex_);
    options.credentials = credentials();
  }
  aws::publish_message(options, subject, message, base::system_clock(), std::move(stop));
}

}  // namespace tabferry::app
