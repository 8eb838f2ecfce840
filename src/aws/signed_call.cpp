#include "aws/signed_call.h"

#include "aws/address.h"
#include "aws/s3_options.h"
#include "base/text.h"

namespace tabferry::aws {
namespace {

// XML says ExpiredToken, JSON ExpiredTokenException.
bool has_expired(const http::Response& response) {
  return response.status >= 400 && response.status < 500 && response.body.find("ExpiredToken") != std::string::npos;
}

}  // namespace

http::Response ask(Service& service, const Credentials& credentials, const ServiceCall& call, std::stop_token stop) {
  const http::Request request{
      .method = "POST", .url = call.url, .headers = call.headers, .may_repeat = true, .total_limit = call.limit};
  auto response = service.send(request, call.body.reveal(), credentials.keys(stop), call.scope, stop);
  if (!has_expired(response)) return response;
  credentials.forget();
  return service.send(request, call.body.reveal(), credentials.keys(stop), call.scope, stop);
}

std::string service_address(const std::string& endpoint, std::string_view service, const std::string& region) {
  const std::string address = endpoint.empty() ? service_url(service, region) : endpoint;
  return address.ends_with('/') ? address : address + "/";
}

std::string region_in_arn(std::string_view arn) {
  const auto parts = base::split(arn, ':');
  if (parts.size() < 6 || parts[0] != "arn" || !is_region(parts[3])) return "";
  return std::string(parts[3]);
}

}  // namespace tabferry::aws
