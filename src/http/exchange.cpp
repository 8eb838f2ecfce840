#include "http/exchange.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"
#include "http/failure.h"
#include "http/limits.h"
#include "http/transport.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::http {
namespace {

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

Wire::Wire(NetworkOptions options)
    : network(std::move(options)),
      multi((start_curl(), curl_multi_init()), curl_multi_cleanup),
      easy(curl_easy_init(), curl_easy_cleanup) {
  if (!multi || !easy) base::fail(ErrorKind::io, "libcurl has no memory left");
  curl_multi_setopt(multi.get(), CURLMOPT_MAXCONNECTS, 1L);
  if (network.user_agent.empty()) network.user_agent = "tabferry/" TABFERRY_VERSION;
}

Exchange::Exchange(Wire& wire, Request request, bool streams, std::stop_token stop)
    : wire_(wire),
      request_(std::move(request)),
      streams_(streams),
      stop_(stop),
      transfer_(request_, streams ? &wire.spill : nullptr, std::chrono::steady_clock::now()),
      wake_(stop, Wake{wire.multi.get()}) {
  if (wire_.busy) base::fail(ErrorKind::bug, "an answer of {} is still being read", host_of(request_.url));
  wire_.busy = true;
  wire_.spill.clear();
}

Exchange::~Exchange() {
  if (added_) curl_multi_remove_handle(wire_.multi.get(), wire_.easy.get());
  wire_.busy = false;
}

Response Exchange::run() {
  start();
  try {
    run_to_head();
  } catch (const base::Error&) {
    if (!transfer_.streams()) throw;
    failure_ = std::current_exception();
  }
  return transfer_.take_response(wire_.easy.get());
}

void Exchange::run_to_head() {
  for (;;) {
    perform();
    if (over_ || transfer_.streams()) return;
    wait();
  }
}

size_t Exchange::read(std::span<char> into) {
  if (failure_) std::rethrow_exception(failure_);
  if (!wire_.spill.empty()) return wire_.spill.take(into);
  if (over_ || !transfer_.streams()) return 0;
  try {
    return read_on(into);
  } catch (...) {
    failure_ = std::current_exception();
    throw;
  }
}

size_t Exchange::read_on(std::span<char> into) {
  transfer_.take_into(into, std::chrono::steady_clock::now());
  if (stop_.stop_requested()) base::fail_cancelled(fmt::format("talking to {}", host_of(request_.url)));
  if (transfer_.paused()) {
    transfer_.go_on();
    fail_unless_ok(curl_easy_pause(wire_.easy.get(), CURLPAUSE_CONT));  // hands over what curl itself holds
  }
  for (;;) {
    if (transfer_.taken() == 0) perform();
    const size_t taken = transfer_.taken();
    if (taken > 0 || over_) return transfer_.take_into({}, {}), taken;
    wait();
  }
}

void Exchange::add_headers() {
  const auto add = [&](const std::string& line) {
    curl_slist* const longer = curl_slist_append(headers_.get(), line.c_str());
    if (longer == nullptr) throw std::bad_alloc();
    (void)headers_.release();
    headers_.reset(longer);
  };
  add("Expect:");  // no waiting for 100 Continue: many servers never send it
  for (const auto& header : request_.headers) add(header_line(header));
}

void Exchange::start() {
  add_headers();
  curl_easy_reset(wire_.easy.get());
  set_network_options();
  set_request_options();
  transfer_.attach(wire_.easy.get());
  if (curl_multi_add_handle(wire_.multi.get(), wire_.easy.get()) != CURLM_OK)
    base::fail(ErrorKind::bug, "libcurl refuses its handle");
  added_ = true;
}

void Exchange::set_network_options() {
  CURL* const easy = wire_.easy.get();
  const NetworkOptions& network = wire_.network;
  wire_.curl_words[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, wire_.curl_words);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);    // signals belong to the program; curl's sends raise no SIGPIPE
  curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);  // a stop does not wait for a name server
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_TCP_KEEPALIVE, 1L);
  curl_easy_setopt(easy, CURLOPT_UPLOAD_BUFFERSIZE, 512L << 10);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, streams_ ? 256L << 10 : 128L << 10);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, network.user_agent.c_str());
  const auto later_than_ours = network.connect_timeout + 10s;  // so that our own timer speaks
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(later_than_ours.count()));
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!network.proxy.empty()) curl_easy_setopt(easy, CURLOPT_PROXY, network.proxy.c_str());
  if (!network.ca_bundle.empty()) {
    curl_easy_setopt(easy, CURLOPT_CAINFO, network.ca_bundle.c_str());
    curl_easy_setopt(easy, CURLOPT_CAPATH, nullptr);
  }
}

// A body always goes as curl's "upload" under the request's own method: its size is announced and never chunked.
// What may not be sent twice takes a new connection: on a kept one curl would silently send it again where the far side
// closed the connection without an answer (Curl_retry_request), even after it had the whole body.
void Exchange::set_request_options() {
  CURL* const easy = wire_.easy.get();
  curl_easy_setopt(easy, CURLOPT_URL, request_.url.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, headers_.get());
  if (request_.method == "HEAD") curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
  if (sends_body(request_)) {
    curl_easy_setopt(easy, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(easy, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(transfer_.body_size()));
  }
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request_.method.c_str());
  curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, request_.may_repeat ? 0L : 1L);
}

void Exchange::perform() {
  int running = 0;
  const CURLMcode code = curl_multi_perform(wire_.multi.get(), &running);
  if (code != CURLM_OK) base::fail(ErrorKind::bug, "libcurl: {}", curl_multi_strerror(code));
  transfer_.look_at(wire_.easy.get(), std::chrono::steady_clock::now());
  look_for_end();
}

void Exchange::wait() {
  if (stop_.stop_requested()) base::fail_cancelled(fmt::format("talking to {}", host_of(request_.url)));
  const auto slice = time_left(request_, transfer_, wire_.network, wire_.easy.get());
  curl_multi_poll(wire_.multi.get(), nullptr, 0, static_cast<int>(slice.count()), nullptr);
}

void Exchange::look_for_end() {
  int left = 0;
  while (const CURLMsg* message = curl_multi_info_read(wire_.multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    fail_unless_ok(message->data.result);
    over_ = true;
  }
}

void Exchange::fail_unless_ok(CURLcode code) {
  transfer_.rethrow_from_callback();
  if (code != CURLE_OK)
    fail_transfer({.code = code,
                   .easy = wire_.easy.get(),
                   .curl_words = wire_.curl_words,
                   .url = request_.url,
                   .network = wire_.network,
                   .connected = transfer_.connected(),
                   .wholly_sent = transfer_.wholly_sent()});
}

std::optional<uint64_t> Exchange::announced_bytes() const {
  curl_off_t size = -1;
  curl_easy_getinfo(wire_.easy.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &size);
  return size >= 0 ? std::optional(static_cast<uint64_t>(size)) : std::nullopt;
}

}  // namespace tabferry::http
