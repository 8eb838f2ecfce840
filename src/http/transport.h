// One exchange with the far side, tried once: a curl easy handle on a multi of its own, driven from here. Private to
// this room. One thread at a time.
#pragma once

#include <curl/curl.h>

#include <memory>
#include <optional>
#include <stop_token>

#include "base/error.h"
#include "http/client.h"

namespace tabferry::http {

class Transfer;

// Either a complete answer, or why there is none.
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
  explicit Transport(NetworkOptions network);
  ~Transport();

  // Never throws for what happens on the network; rethrows what is no base::Error.
  Outcome exchange(const Request& request, std::stop_token stop);

 private:
  using Handle = std::unique_ptr<CURL, void (*)(CURL*)>;
  using Multi = std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)>;
  using Headers = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;

  Response try_once(const Request& request, Transfer& transfer, std::stop_token stop);
  void set_network_options();
  void set_request_options(const Request& request, const Transfer& transfer, const Headers& headers);
  // Until curl says that it is over, a time is up, or stop. Throws for the last two.
  CURLcode drive(const Request& request, Transfer& transfer, std::stop_token stop);
  std::optional<CURLcode> finished();
  // Throw Error{transient} where a time is up; else say how long the next look may take.
  std::chrono::milliseconds check_times(const Request& request, const Transfer& transfer) const;
  std::chrono::milliseconds check_total(const Request& request, const Transfer& transfer) const;
  [[noreturn]] void fail_connecting_in_time(const Request& request) const;

  NetworkOptions network_;
  Multi multi_;
  Handle easy_;  // dies before multi_
  char curl_words_[CURL_ERROR_SIZE] = {};
};

}  // namespace tabferry::http
