#include "aws/service.h"

namespace tabferry::aws {

http::Response Service::send(http::Request request, const std::string& body, const Keys& keys, const Scope& scope,
                             std::stop_token stop) {
  if (!body.empty()) request.body = http::text_body(body);
  const std::lock_guard lock(mutex_);
  sign(request, body, keys, scope);  // when its turn has come: a signature is good for 15 minutes
  return client_.send(request, stop);
}

}  // namespace tabferry::aws
