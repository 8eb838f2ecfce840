#include "http/transport.h"

#include "base/url.h"

namespace tabferry::http {

std::string host_of(const std::string& url) {
  const std::string host = base::has_scheme(url) ? base::parse_url(url).host : url.substr(0, url.find('/'));
  const auto at = host.rfind('@');
  return at == std::string::npos ? host : host.substr(at + 1);
}

Outcome Transport::exchange(const Request& request, std::stop_token stop) {
  std::unique_ptr<Exchange> exchange;
  return run(request, false, stop, exchange);
}

Outcome Transport::open(const Request& request, std::stop_token stop, std::unique_ptr<Exchange>& opened) {
  opened.reset();
  Outcome outcome = run(request, true, stop, opened);
  if (!outcome.response) opened.reset();
  return outcome;
}

Outcome Transport::run(const Request& request, bool streams, std::stop_token stop,
                       std::unique_ptr<Exchange>& exchange) {
  Outcome outcome;
  try {
    exchange = std::make_unique<Exchange>(wire_, request, streams, stop);
    outcome.response = exchange->run();
  } catch (const base::Error& error) {
    outcome.failure = error;
  }
  outcome.connected = exchange && exchange->connected();
  outcome.wholly_sent = exchange && exchange->wholly_sent();
  return outcome;
}

}  // namespace tabferry::http
