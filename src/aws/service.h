// One AWS service over the house's HTTP client: signed requests, small answers. Private to this room.
// Any thread may call it. Requests of several threads go out side by side, each over a connection of its own, which is
// kept for the next one: there are as many as threads ever called at once.
#pragma once

#include <memory>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <vector>

#include "aws/sign.h"

namespace tabferry::aws {

class Service {
 public:
  // `clock` must outlive it.
  Service(const Connection& connection, const base::Clock& clock) : connection_(connection), clock_(clock) {}

  // Whatever the far side answers, once retries are used up. Throws as http::Client::send does.
  http::Response send(http::Request request, std::string_view body, const Keys& keys, const Scope& scope,
                      std::stop_token stop);

 private:
  class Lent;

  const Connection connection_;
  const base::Clock& clock_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<http::Client>> idle_;
};

}  // namespace tabferry::aws
