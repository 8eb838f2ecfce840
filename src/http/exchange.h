// One attempt at one request, on the handles of its Transport: from the look for a connection to the last byte of the
// answer. Private to this room. One thread at a time.
#pragma once

#include <curl/curl.h>

#include <exception>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>

#include "http/client.h"
#include "http/transfer.h"

namespace tabferry::http {

// What one connection needs, kept from one exchange to the next: curl keeps the connection itself in `multi`.
struct Wire {
  explicit Wire(NetworkOptions options);

  NetworkOptions network;
  std::unique_ptr<CURLM, CURLMcode (*)(CURLM*)> multi;
  std::unique_ptr<CURL, void (*)(CURL*)> easy;  // dies before multi
  char curl_words[CURL_ERROR_SIZE] = {};
  Spill spill;
  bool busy = false;
};

class Exchange {
 public:
  // Nothing goes out before run(). `streams`: the body of a 2xx is left to read().
  Exchange(Wire& wire, Request request, bool streams, std::stop_token stop);
  ~Exchange();  // where the answer is not over, its connection is closed
  Exchange(const Exchange&) = delete;
  Exchange& operator=(const Exchange&) = delete;

  // To the end of the answer, or where it streams to the end of its head: what goes wrong behind that is read()'s to
  // say. Throws as Client::send().
  Response run();
  size_t read(std::span<char> into);  // as Incoming::read()

  const Request& request() const { return request_; }
  bool connected() const { return transfer_.connected(); }
  bool wholly_sent() const { return transfer_.wholly_sent(); }
  std::optional<uint64_t> announced_bytes() const;

 private:
  using Headers = std::unique_ptr<curl_slist, void (*)(curl_slist*)>;
  struct Wake {
    CURLM* multi;
    void operator()() const { curl_multi_wakeup(multi); }
  };

  void add_headers();
  void set_network_options();
  void set_request_options();
  void start();
  void run_to_head();
  void perform();  // as far as it goes without waiting
  void wait();     // for the network, a time that is up, or a stop; throws for the last two
  void look_for_end();
  void fail_unless_ok(CURLcode code);
  size_t read_on(std::span<char> into);

  Wire& wire_;
  const Request request_;
  const bool streams_;
  const std::stop_token stop_;
  Transfer transfer_;
  Headers headers_{nullptr, curl_slist_free_all};
  bool added_ = false;
  bool over_ = false;           // curl has seen the whole answer
  std::exception_ptr failure_;  // of the body: it stays
  std::stop_callback<Wake> wake_;
};

}  // namespace tabferry::http
