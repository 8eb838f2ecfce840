#include "aws/service.h"

namespace tabferry::aws {

http::Response Service::send(http::Request request, const std::string& body, const Keys& keys, const Scope& scope, std::stop_token stop) {
  if (!body.empty()) request.body = http::text_body(body);
  sign(request, body, keys, scope);
  const std::lock_guard lock(mutex_);
  return client_.send(request, stop);
}

}  // namespace tabferry::aws
