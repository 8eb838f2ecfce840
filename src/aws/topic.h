// A message to an SNS topic, by a signed request.
// https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
#pragma once

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "aws/connection.h"
#include "aws/credentials.h"
#include "base/clock.h"

namespace tabferry::aws {

struct TopicOptions {
  std::string arn;       // is_topic_arn()
  std::string endpoint;  // empty: AWS's own of the ARN's region
  std::shared_ptr<const Credentials> credentials;
  Connection connection;
  std::chrono::milliseconds limit{15'000};  // of each try
};

// "arn:aws:sns:eu-west-1:111122223333:alerts"
bool is_topic_arn(std::string_view text);

// The subject is made fit: SNS takes up to 100 characters of printable ASCII. A repeated try may send it twice.
// Throws Error{denied, not_found, transient} with what SNS said.
void publish_message(const TopicOptions& options, const std::string& subject, const std::string& message,
                     const base::Clock& clock, std::stop_token stop);

// Private to this room, for its test: '?' for what is no printable ASCII, at most 100 characters, no space around.
std::string subject_for_sns(std::string_view text);

}  // namespace tabferry::aws
