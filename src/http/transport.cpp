#include "http/transport.h"

#include <algorithm>

#include "base/text.h"
#include "base/url.h"
#include "http/failure.h"
#include "http/transfer.h"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using tabferry::base::ErrorKind;

namespace tabferry::http {
namespace {

constexpr milliseconds kSlice{100};  // a stop is seen at the latest after this

void start_curl() {
  static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (once != CURLE_OK) base::fail(ErrorKind::bug, "libcurl does not start: {}", curl_easy_strerror(once));
}

// A line end in a header would begin a new header: what a server gave us may come back here (a token).
std::string header_line(const std::pair<std::string, std::string>& header) {
  const std::string line = header.second.empty() ? header.first + ";" : header.first + ": " + header.second;
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; };
  if (std::any_of(line.begin(), line.end(), is_control))
    base::fail(ErrorKind::corrupt, "the value of the header {} holds control characters", base::quoted(header.first));
  return line;
}

bool sends_body(const Request& request) {
  return request.body || request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
}

}  // namespace

std::string host_of(const std::string& url) {
  const std::string host = base::has_scheme(url) ? base::parse_url(url).host : url.substr(0, url.find('/'));
  const auto at = host.rfind('@');
  return at == std::string::npos ? host : host.substr(at + 1);
}

Transport::Transport(NetworkOptions network)
    : network_(std::move(network)),
      multi_((start_curl(), curl_multi_init()), curl_multi_cleanup),
      easy_(curl_easy_init(), curl_easy_cleanup) {
  if (!multi_ || !easy_) base::fail(ErrorKind::io, "libcurl has no memory left");
  curl_multi_setopt(multi_.get(), CURLMOPT_MAXCONNECTS, 1L);
  if (network_.user_agent.empty()) network_.user_agent = "tabferry/" TABFERRY_VERSION;
}

Transport::~Transport() = default;

Outcome Transport::exchange(const Request& request, std::stop_token stop) {
  Outcome outcome;
  std::optional<Transfer> transfer;
  try {
    transfer.emplace(request, std::chrono::steady_clock::now());
    outcome.response = try_once(request, *transfer, stop);
  } catch (const base::Error& error) {
    outcome.failure = error;
  }
  outcome.connected = transfer && transfer->connected();
  outcome.wholly_sent = transfer && transfer->wholly_sent();
  return outcome;
}

Response Transport::try_once(const Request& request, Transfer& transfer, std::stop_token stop) {
  Headers headers(nullptr, curl_slist_free_all);
  const auto add = [&](const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)headers.release();
    headers.reset(longer);
  };
  add("Expect:");  // no waiting for 100 Continue: many servers never send it
  for (const auto& header : request.headers) add(header_line(header));

  curl_easy_reset(easy_.get());
  set_network_options();
  set_request_options(request, transfer, headers);
  transfer.attach(easy_.get());
  if (curl_multi_add_handle(multi_.get(), easy_.get()) != CURLM_OK)
    base::fail(ErrorKind::bug, "libcurl refuses its handle");
  struct Removal {
    Transport& transport;
    ~Removal() { curl_multi_remove_handle(transport.multi_.get(), transport.easy_.get()); }
  };
  const Removal removal{*this};
  const CURLcode code = drive(request, transfer, stop);
  transfer.rethrow_from_callback();
  if (code != CURLE_OK)
    fail_transfer({.code = code,
                   .easy = easy_.get(),
                   .curl_words = curl_words_,
                   .url = request.url,
                   .network = network_,
                   .connected = transfer.connected(),
                   .wholly_sent = transfer.wholly_sent()});
  return transfer.take_response(easy_.get());
}

void Transport::set_network_options() {
  CURL* const easy = easy_.get();
  curl_words_[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, curl_words_);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);    // signals belong to the program; curl's sends raise no SIGPIPE
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, 128L << 10);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, network_.user_agent.c_str());
  const auto later_than_ours = network_.connect_timeout + 10s;  // so that our own timer speaks
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(later_than_ours.count()));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!network_.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, network_.proxy.c_str());
  if (!network_.ca_bundle.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, network_.ca_bundle.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
}

// A body always goes as curl's "upload" under the request's own method: its size is announced and never chunked.
// What may not be sent twice takes a new connection: on a kept one curl would silently send it again where the far side
// closed the connection without an answer (Curl_retry_request), even after it had the whole body.
void Transport::set_request_options(const Request& request, const Transfer& transfer, const Headers& headers) {
  CURL* const easy = easy_.get();
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers.get());
  if (request.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (sends_body(request)) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer.body_size()));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request.may_repeat ? 0L : 1L);
}

CURLcode Transport::drive(const Request& request, Transfer& transfer, std::stop_token stop) {
  const std::stop_callback wake(stop, [multi = multi_.get()] { curl_multi_wakeup(multi); });
  for (;;) {
    int running = 0;
    const CURLMcode code = curl_multi_perform(multi_.get(), &running);
    if (code != CURLM_OK) base::fail(ErrorKind::bug, "libcurl: {}", curl_multi_strerror(code));
    transfer.look_at(easy_.get(), std::chrono::steady_clock::now());
    if (const auto result = finished()) return *result;
    if (stop.stop_requested()) base::fail_cancelled(fmt::format("talking to {}", host_of(request.url)));
    const auto slice = std::min(check_times(request, transfer), check_total(request, transfer));
    curl_multi_poll(multi_.get(), nullptr, 0, static_cast<int>(slice.count()), nullptr);
  }
}

std::optional<CURLcode> Transport::finished() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(multi_.get(), &left))
    if (message->msg == CURLMSG_DONE) return message->data.result;
  return std::nullopt;
}

milliseconds Transport::check_times(const Request& request, const Transfer& transfer) const {
  const auto since = [now = std::chrono::steady_clock::now()](Transfer::Time then) {
    return std::chrono::floor<milliseconds>(now - then);
  };
  const bool waiting = transfer.wholly_sent() && !transfer.answer_began();
  const auto first_byte = request.may_repeat ? std::min(network_.look_up_timeout, network_.first_byte_timeout)
                                             : network_.first_byte_timeout;
  const auto limit = !transfer.connected() ? network_.connect_timeout
                     : waiting             ? first_byte
                                           : network_.stall_timeout;
  const auto used = !transfer.connected() ? since(transfer.began())
                    : waiting             ? since(transfer.sent_at())
                                          : since(transfer.last_byte_at());
  if (used < limit) return std::clamp(limit - used, 1ms, kSlice);
  const std::string host = host_of(request.url);
  const std::string time = base::human_seconds(static_cast<double>(limit.count()) / 1000);
  if (!transfer.connected()) fail_connecting_in_time(request);
  if (waiting)
    base::fail(ErrorKind::transient, "{} took the request but gave no answer within {} (the first-byte time-out)", host,
               time);
  base::fail(ErrorKind::transient, "no byte {} {} for {} (the stall time-out): the network or the far side hangs",
             transfer.answer_began() ? "came from" : "went to", host, time);
}

milliseconds Transport::check_total(const Request& request, const Transfer& transfer) const {
  if (request.total_limit <= 0ms) return kSlice;
  const auto used = std::chrono::floor<milliseconds>(std::chrono::steady_clock::now() - transfer.began());
  if (used < request.total_limit) return std::clamp(request.total_limit - used, 1ms, kSlice);
  base::fail(ErrorKind::transient, "{} did not finish its answer within {} (the limit of such a request)",
             host_of(request.url), base::human_seconds(static_cast<double>(request.total_limit.count()) / 1000));
}

void Transport::fail_connecting_in_time(const Request& request) const {
  curl_off_t resolved = 0;
  curl_off_t linked = 0;
  curl_easy_getinfo(easy_.get(), CURLINFO_NAMELOOKUP_TIME_T, &resolved);
  curl_easy_getinfo(easy_.get(), CURLINFO_CONNECT_TIME_T, &linked);
  const std::string time = base::human_seconds(static_cast<double>(network_.connect_timeout.count()) / 1000);
  base::fail(
      ErrorKind::transient, "no connection to {} within {} (the connect time-out): {}", host_of(request.url), time,
      resolved == 0 ? "the name server does not answer"
      : linked == 0 ? "nothing answers at that address: is it right, does a firewall stand between, is a proxy needed?"
                    : "the TLS handshake (or the proxy) did not finish");
}

}  // namespace tabferry::http
