// One connection's way to the far side, each request tried once. Private to this room. One thread at a time.
#pragma once

#include <memory>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "http/client.h"
#include "http/exchange.h"

namespace tabferry::http {

// Either a complete answer (of one that streams: its head), or why there is none.
struct Outcome {
  std::optional<Response> response;
  std::optional<base::Error> failure;
  bool connected = false;    // the request may have begun to go out
  bool wholly_sent = false;  // every byte of it went out
};

// "host:port" of a URL, without a user name and password that may stand before it.
std::string host_of(const std::string& url);

class Transport {
 public:
  explicit Transport(NetworkOptions network) : wire_(std::move(network)) {}

  // Neither throws for what happens on the network; both rethrow what is no base::Error.
  Outcome exchange(const Request& request, std::stop_token stop);
  // `opened` then holds the exchange, its body unread; null where there is no answer. It dies before the next request.
  Outcome open(const Request& request, std::stop_token stop, std::unique_ptr<Exchange>& opened);

 private:
  Outcome run(const Request& request, bool streams, std::stop_token stop, std::unique_ptr<Exchange>& exchange);

  Wire wire_;
};

}  // namespace tabferry::http
