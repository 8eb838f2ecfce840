// One AWS service over the house's HTTP client: signed requests, small answers. Private to this room.
// Any thread may call it; requests go out one after the other.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string>

#include "aws/sign.h"

namespace tabferry::aws {

class Service {
 public:
  Service(const Connection& connection, const base::Clock& clock)
      : client_(connection.network, connection.retry, clock) {}

  // Whatever the far side answers, once retries are used up. Throws as http::Client::send does.
  http::Response send(http::Request request, const std::string& body, const Keys& keys, const Scope& scope,
                      std::stop_token stop);

 private:
  std::mutex mutex_;
  http::Client client_;
};

}  // namespace tabferry::aws
