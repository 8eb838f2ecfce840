// What is asked of AWS beside S3: secrets, parameters, topics. By AWS's default credentials chain ($AWS_PROFILE
// counts; `s3.profile` and `s3.role_arn` are S3's). Made when it is first asked for. Any thread may call any member.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include "app/settings.h"
#include "aws/credentials.h"
#include "aws/secrets.h"

namespace tabferry::app {

class AwsServices {
 public:
  // `region`: of secrets and parameters that are named without one; empty: $AWS_REGION, $AWS_DEFAULT_REGION.
  // The endpoints are AWS's, or those of $AWS_ENDPOINT_URL_SECRETS_MANAGER, _SSM, _SNS, or $AWS_ENDPOINT_URL.
  AwsServices(const Environment& environment, http::NetworkOptions network, std::string region);

  const aws::Secrets& secrets();
  void publish(const std::string& topic_arn, const std::string& subject, const std::string& message,
               std::stop_token stop);

 private:
  // Called with the mutex held.
  const std::shared_ptr<const aws::Credentials>& credentials();

  aws::Connection connection_;
  std::string region_, secretsmanager_, ssm_, sns_, sts_;
  std::mutex mutex_;
  std::shared_ptr<const aws::Credentials> credentials_;
  std::unique_ptr<const aws::Secrets> secrets_;
};

}  // namespace tabferry::app
