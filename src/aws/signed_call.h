// Small calls to AWS services beside S3: one request, signed by the chain's keys. Private to this room.
#pragma once

#include <stop_token>
#include <string>
#include <string_view>

#include "aws/credentials.h"
#include "aws/service.h"

namespace tabferry::aws {

struct ServiceCall {
  std::string url;  // "https://sns.eu-west-1.amazonaws.com/"
  std::vector<std::pair<std::string, std::string>> headers;
  base::Secret body;
  Scope scope;
  std::chrono::milliseconds limit{0};  // of each try
};

// POST, which may be sent twice. Keys that are told to have expired are renewed, once. Returns whatever the service
// answers; throws as Credentials::keys() and http::Client::send() do.
http::Response ask(Service& service, const Credentials& credentials, const ServiceCall& call, std::stop_token stop);

// "https://sns.eu-west-1.amazonaws.com/", or the endpoint that stands in for it, with a '/' behind it.
std::string service_address(const std::string& endpoint, std::string_view service, const std::string& region);

// The region that an ARN names ("arn:aws:sns:REGION:ACCOUNT:NAME"); "" where it is no ARN or names none.
std::string region_in_arn(std::string_view arn);

}  // namespace tabferry::aws
