// The runtime's S3 client of one bucket, and one of its requests ("meta request") on its way. Private to this room.
#pragma once

#include <aws/io/uri.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "aws/bucket.h"
#include "aws/objects.h"
#include "aws/part_memory.h"
#include "aws/runtime.h"

namespace tabferry::aws {

// What both directions keep of a request while the runtime's threads work on it. The runtime holds it alive until its
// last callback, so that whoever waits may go away first.
class Exchange {
 public:
  virtual ~Exchange() = default;

  std::mutex mutex;  // guards all below
  std::condition_variable_any changed;
  bool finished = false;
  int error = 0;   // the runtime's code; 0 where it went well
  int status = 0;  // of the answer that made it fail
  std::string error_body;
  Headers error_headers;
  Headers headers;                                    // of the answer, names in lower case
  bool validated = false;                             // the bytes were compared with a checksum of S3
  std::chrono::steady_clock::time_point last_sign{};  // of life

  // A piece of the body, on a thread of the runtime, with the mutex held. Must not throw.
  virtual void take(std::string) {}
  std::string header(std::string_view lower_case_name) const;  // of the answer; "" where it has none
  void touch() { last_sign = std::chrono::steady_clock::now(); }
};

// One request of the runtime: started by Transfers::start, cancelled when it dies unfinished.
class Running {
 public:
  Running(aws_s3_meta_request* request, std::shared_ptr<Exchange> exchange)
      : request_(request), exchange_(std::move(exchange)) {}
  Running(Running&& other) noexcept
      : request_(std::exchange(other.request_, nullptr)), exchange_(std::move(other.exchange_)) {}
  Running& operator=(Running&&) = delete;
  ~Running();

  aws_s3_meta_request* get() const { return request_; }
  void cancel() const { aws_s3_meta_request_cancel(request_); }

 private:
  aws_s3_meta_request* request_;
  std::shared_ptr<Exchange> exchange_;
};

class Transfers {
 public:
  explicit Transfers(std::shared_ptr<const Bucket> bucket);
  ~Transfers();  // waits until the client is down
  Transfers(const Transfers&) = delete;
  Transfers& operator=(const Transfers&) = delete;

  // A request for a key: method, path, Host and `headers`. Refreshes the keys that the runtime signs with.
  MessagePtr message(const std::string& method, std::string_view key, const Headers& headers,
                     const std::string& query = "") const;
  // Fills in client, endpoint and callbacks. `options.message` is only read.
  Running start(aws_s3_meta_request_options options, std::shared_ptr<Exchange> exchange) const;
  // Waits until `ready`, called with the mutex held, or the exchange has finished. Throws Error{cancelled}, and
  // Error{transient} where there is no sign of life for silence_limit().
  template <class Ready>
  void wait(std::unique_lock<std::mutex>& lock, Exchange& exchange, const Asked& asked, const Ready& ready) const;
  // The runtime signs with the last keys: whoever keeps a transfer going for long calls this now and then. Cheap.
  void refresh_keys() const;
  // True where a finished exchange failed for expired keys and there are others now: it may be started again, once.
  // Throws the Error that the bucket gives as the reason.
  bool mended(const Exchange& exchange) const;
  // The Error of a finished exchange that failed.
  base::Error error_of(const Exchange& exchange, const Asked& asked) const;

  const Bucket& bucket() const { return *bucket_; }
  PartMemory& part_memory() const { return part_memory_; }

  // An object was read to its end.
  void count(bool compared) const;
  store::Compared compared() const { return {.objects = objects_, .with_checksum = with_checksum_}; }

 private:
  struct Client;
  // The runtime tells of whole parts only, and itself gives up a connection that is mute for a quarter of the stall
  // time-out; so this is the time-out and what all connections together need for their parts on a very slow line.
  std::chrono::milliseconds silence_limit() const;
  const Client& client() const;  // made by the first request, when the bucket has answered: its region is known then
  [[noreturn]] void fail_stopped(const Asked& asked, bool stalled) const;

  std::shared_ptr<const Bucket> bucket_;
  mutable PartMemory part_memory_;
  mutable std::atomic<uint64_t> objects_ = 0, with_checksum_ = 0;
  mutable std::mutex making_;
  mutable std::unique_ptr<Client> client_;
};

template <class Ready>
void Transfers::wait(std::unique_lock<std::mutex>& lock, Exchange& exchange, const Asked& asked,
                     const Ready& ready) const {
  const auto& options = bucket_->options();
  exchange.touch();
  for (;;) {
    const auto until = exchange.last_sign + silence_limit();
    if (exchange.changed.wait_until(lock, options.stop, until, [&] { return exchange.finished || ready(); })) return;
    if (options.stop.stop_requested()) fail_stopped(asked, false);
    if (std::chrono::steady_clock::now() >= until) fail_stopped(asked, true);
  }
}

}  // namespace tabferry::aws
