#include "http/limits.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "http/transport.h"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using tabferry::base::ErrorKind;

namespace tabferry::http {
namespace {

constexpr milliseconds kSlice{100};  // a stop is seen at the latest after this

std::string words_of(milliseconds time) { return base::human_seconds(static_cast<double>(time.count()) / 1000); }

milliseconds since(Transfer::Time then) {
  return std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - then);
}

[[noreturn]] void fail_connecting_in_time(const Request& request, const NetworkOptions& network, CURL* easy) {
  curl_off_t resolved = 0;
  curl_off_t linked = 0;
  curl_easy_getinfo(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved);
  curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &linked);
  base::fail(
      ErrorKind::transient, "no connection to {} within {} (the connect time-out): {}", host_of(request.url),
      words_of(network.connect_timeout),
      resolved == 0 ? "the name server does not answer"
      : linked == 0 ? "nothing answers at that address: is it right, does a firewall stand between, is a proxy needed?"
                    : "the TLS handshake (or the proxy) did not finish");
}

milliseconds first_byte_limit(const Request& request, const NetworkOptions& network) {
  const bool look_up = request.may_repeat && !request.may_take_long;
  return look_up ? std::min(network.look_up_timeout, network.first_byte_timeout) : network.first_byte_timeout;
}

milliseconds of_this_stage(const Request& request, const Transfer& transfer, const NetworkOptions& network,
                           CURL* easy) {
  const bool waiting = transfer.wholly_sent() && !transfer.answer_began();
  const auto limit = !transfer.connected() ? network.connect_timeout
                     : waiting             ? first_byte_limit(request, network)
                                           : network.stall_timeout;
  const auto used = !transfer.connected() ? since(transfer.began())
                    : waiting             ? since(transfer.sent_at())
                                          : since(transfer.last_byte_at());
  if (used < limit) return std::clamp(limit - used, 1ms, kSlice);
  if (!transfer.connected()) fail_connecting_in_time(request, network, easy);
  const std::string host = host_of(request.url);
  if (waiting)
    base::fail(ErrorKind::transient, "{} took the request but gave no answer within {} (the first-byte time-out)", host,
               words_of(limit));
  base::fail(ErrorKind::transient, "no byte {} {} for {} (the stall time-out): the network or the far side hangs",
             transfer.answer_began() ? "came from" : "went to", host, words_of(limit));
}

milliseconds of_all(const Request& request, const Transfer& transfer) {
  if (request.total_limit <= 0ms || transfer.streams()) return kSlice;
  const auto used = since(transfer.began());
  if (used < request.total_limit) return std::clamp(request.total_limit - used, 1ms, kSlice);
  base::fail(ErrorKind::transient, "{} did not finish its answer within {} (the limit of such a request)",
             host_of(request.url), words_of(request.total_limit));
}

}  // namespace

milliseconds time_left(const Request& request, const Transfer& transfer, const NetworkOptions& network, CURL* easy) {
  return std::min(of_this_stage(request, transfer, network, easy), of_all(request, transfer));
}

}  // namespace tabferry::http
