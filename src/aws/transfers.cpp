#include "aws/transfers.h"

#include <aws/auth/signing_config.h>
#include <aws/http/connection.h>
#include <aws/io/tls_channel_handler.h>

#include <algorithm>
#include <future>

#include "aws/proxy.h"
#include "aws/sign.h"
#include "base/error.h"
#include "base/text.h"

using namespace std::chrono_literals;
using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

// The runtime asks for keys whenever it signs, on a thread that must not wait: it gets the last ones.
int give_keys(void* user_data, aws_on_get_credentials_callback_fn* callback, void* callback_user_data) {
  const auto keys = static_cast<const Credentials*>(user_data)->last_keys();
  if (!keys) return aws_raise_error(AWS_AUTH_SIGNING_NO_CREDENTIALS);
  callback(native(*keys).get(), 0, callback_user_data);
  return AWS_OP_SUCCESS;
}

aws_credentials_provider* provider_of(const Credentials& credentials) {
  aws_credentials_provider_delegate_options options{};
  options.get_credentials = give_keys;
  options.delegate_user_data = const_cast<Credentials*>(&credentials);
  return aws_credentials_provider_new_delegate(runtime().allocator, &options);
}

// Callbacks of the runtime. The user data is an owner of the exchange.
Exchange& exchange_of(void* user_data) { return **static_cast<std::shared_ptr<Exchange>*>(user_data); }

// Names in lower case.
Headers copied(const aws_http_headers* headers) {
  auto copy = headers_of(headers);
  for (auto& header : copy) header.first = base::lower(header.first);
  return copy;
}

// What is done in a callback, where nothing may be thrown: out of memory is what can go wrong there.
template <class Step>
int guarded(Step step) noexcept {
  try {
    step();
    return AWS_OP_SUCCESS;
  } catch (...) {
    return aws_raise_error(AWS_ERROR_OOM);
  }
}

int on_headers(aws_s3_meta_request*, const aws_http_headers* headers, int, void* user_data) {
  return guarded([&] {
    auto& exchange = exchange_of(user_data);
    auto copy = copied(headers);
    const std::lock_guard lock(exchange.mutex);
    exchange.headers = std::move(copy);
    exchange.touch();
  });
}

int on_body(aws_s3_meta_request*, const aws_byte_cursor* body, uint64_t, void* user_data) {
  return guarded([&] {
    auto& exchange = exchange_of(user_data);
    std::string piece(view(*body));  // megabytes: not with the mutex held
    const std::lock_guard lock(exchange.mutex);
    exchange.take(std::move(piece));
    exchange.touch();
    exchange.changed.notify_all();
  });
}

void on_progress(aws_s3_meta_request*, const aws_s3_meta_request_progress*, void* user_data) {
  auto& exchange = exchange_of(user_data);
  const std::lock_guard lock(exchange.mutex);
  exchange.touch();
}

void keep_refusal(const aws_s3_meta_request_result& result, Exchange& exchange) {
  if (const auto* body = result.error_response_body)
    exchange.error_body.assign(reinterpret_cast<const char*>(body->buffer), body->len);
  exchange.error_headers = copied(result.error_response_headers);
}

void on_finish(aws_s3_meta_request*, const aws_s3_meta_request_result* result, void* user_data) {
  auto& exchange = exchange_of(user_data);
  const std::lock_guard lock(exchange.mutex);
  exchange.error = result->error_code;
  exchange.status = result->response_status;
  exchange.validated = result->did_validate;
  if (guarded([&] { keep_refusal(*result, exchange); }) != AWS_OP_SUCCESS) exchange.error = AWS_ERROR_OOM;
  exchange.finished = true;
  exchange.changed.notify_all();
}

void on_shutdown(void* user_data) { delete static_cast<std::shared_ptr<Exchange>*>(user_data); }

std::string find(const Headers& headers, std::string_view name) {
  const auto at =
      std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return at == headers.end() ? "" : at->second;
}

Refusal refusal_in(const Exchange& exchange) {
  return refusal_of(exchange.status, exchange.error_body,
                    [&](std::string_view name) { return find(exchange.error_headers, name); });
}

// The runtime keeps 128 MiB of its limit to itself and takes no limit below 256 MiB; a part in each connection, and one
// that waits for its window in each object that is open, must find room in the rest, or nothing moves any more.
uint64_t pool_bytes(const Memory& memory) {
  const uint64_t parts = memory.connections + memory.read_ahead_bytes / memory.part_bytes;
  return std::max(uint64_t{256} << 20, (uint64_t{128} << 20) + parts * memory.part_bytes);
}

}  // namespace

std::string Exchange::header(std::string_view lower_case_name) const { return find(headers, lower_case_name); }

Running::~Running() {
  if (!request_) return;
  bool finished = false;
  {
    const std::lock_guard lock(exchange_->mutex);
    finished = exchange_->finished;
  }
  if (!finished) cancel();
  aws_s3_meta_request_release(request_);
}

struct Transfers::Client {
  explicit Client(const Bucket& bucket);
  ~Client();

  void set_tls(const Bucket& bucket, aws_s3_client_config& config);

  BucketAddress address;
  ProviderPtr provider;
  std::optional<TlsContext> tls;
  std::optional<Proxy> proxy;
  aws_tls_connection_options tls_options{};
  aws_uri endpoint{};
  std::promise<void> down;
  aws_s3_client* client = nullptr;
};

void Transfers::Client::set_tls(const Bucket& bucket, aws_s3_client_config& config) {
  config.tls_mode = AWS_MR_TLS_DISABLED;
  if (!address.is_tls()) return;
  config.tls_mode = AWS_MR_TLS_ENABLED;
  tls.emplace(bucket.options().connection.network.ca_bundle);
  aws_tls_connection_options_init_from_ctx(&tls_options, tls->get());
  config.tls_connection_options = &tls_options;
}

Transfers::Client::Client(const Bucket& bucket)
    : address(bucket.address()), provider(provider_of(*bucket.options().credentials)) {
  const auto& options = bucket.options();
  const std::string base_url = address.base_url();
  const auto base = cursor(base_url);
  if (aws_uri_init_parse(&endpoint, runtime().allocator, &base) != AWS_OP_SUCCESS)
    base::fail(ErrorKind::config, "the S3 endpoint {} is no address", base::quoted(base_url, 400));
  aws_signing_config_aws signing{};
  aws_s3_init_default_signing_config(&signing, cursor(address.region), provider.get());
  signing.flags.use_double_uri_encode = false;
  aws_s3_client_config config{};
  config.client_bootstrap = runtime().bootstrap;
  config.region = cursor(address.region);
  config.signing_config = &signing;
  config.part_size = options.memory.part_bytes;
  config.max_active_connections_override = options.memory.connections;
  config.memory_limit_in_bytes = pool_bytes(options.memory);
  config.enable_read_backpressure = true;
  config.initial_read_window = 0;  // each request opens its own
  config.connect_timeout_ms = static_cast<uint32_t>(options.connection.network.connect_timeout.count());
  aws_http_connection_monitoring_options monitoring{};
  monitoring.minimum_throughput_bytes_per_second = 1;
  monitoring.allowable_throughput_failure_interval_seconds = static_cast<uint32_t>(std::clamp<int64_t>(
      std::chrono::duration_cast<std::chrono::seconds>(options.connection.network.stall_timeout).count() / 4, 2, 30));
  config.monitoring_options = &monitoring;
  set_tls(bucket, config);
  if (!options.connection.network.proxy.empty())
    config.proxy_options = proxy.emplace(options.connection.network.proxy).get();
  config.shutdown_callback = [](void* user_data) { static_cast<std::promise<void>*>(user_data)->set_value(); };
  config.shutdown_callback_user_data = &down;
  client = aws_s3_client_new(runtime().allocator, &config);
  if (!client) base::fail(ErrorKind::io, "starting the S3 client: {}", error_words(aws_last_error()));
}

Transfers::Client::~Client() {
  if (client) {
    aws_s3_client_release(client);
    down.get_future().wait();
  }
  aws_uri_clean_up(&endpoint);
  aws_tls_connection_options_clean_up(&tls_options);
}

Transfers::Transfers(std::shared_ptr<const Bucket> bucket)
    : bucket_(std::move(bucket)),
      part_memory_(bucket_->options().memory.parts_under_way + 1, bucket_->options().memory.part_bytes) {}

Transfers::~Transfers() = default;

const Transfers::Client& Transfers::client() const {
  const std::lock_guard lock(making_);
  if (!client_) {
    bucket_->reach();
    client_ = std::make_unique<Client>(*bucket_);
  }
  return *client_;
}

MessagePtr Transfers::message(const std::string& method, std::string_view key, const Headers& headers,
                              const std::string& query) const {
  refresh_keys();
  const auto& address = client().address;
  const std::string path = address.path(key) + query;
  MessagePtr message(aws_http_message_new_request(runtime().allocator));
  aws_http_message_set_request_method(message.get(), cursor(method));
  aws_http_message_set_request_path(message.get(), cursor(path));
  aws_http_message_add_header(message.get(), {.name = cursor("Host"), .value = cursor(address.host())});
  for (const auto& [name, value] : headers)
    aws_http_message_add_header(message.get(), {.name = cursor(name), .value = cursor(value)});
  return message;
}

Running Transfers::start(aws_s3_meta_request_options options, std::shared_ptr<Exchange> exchange) const {
  auto owner = std::make_unique<std::shared_ptr<Exchange>>(exchange);
  exchange->touch();
  options.endpoint = &client().endpoint;
  options.user_data = owner.get();
  options.headers_callback = on_headers;
  options.body_callback = on_body;
  options.progress_callback = on_progress;
  options.finish_callback = on_finish;
  options.shutdown_callback = on_shutdown;
  aws_s3_meta_request* const request = aws_s3_client_make_meta_request(client().client, &options);
  if (!request) base::fail(ErrorKind::io, "starting a transfer of S3: {}", error_words(aws_last_error()));
  (void)owner.release();  // now on_shutdown's
  return {request, std::move(exchange)};
}

void Transfers::refresh_keys() const { (void)bucket_->options().credentials->keys(bucket_->options().stop); }

// A download may begin with a HEAD, whose refusal has no words: then the bucket is asked, which mends what can be
// mended.
bool Transfers::mended(const Exchange& exchange) const {
  if (exchange.status != 400) return false;
  const auto refusal = refusal_in(exchange);
  if (is_expired(refusal))
    bucket_->options().credentials->forget();
  else if (!refusal.code.empty())
    return false;
  bucket_->look();
  return true;
}

void Transfers::count(bool compared) const {
  ++objects_;
  if (compared) ++with_checksum_;
}

std::chrono::milliseconds Transfers::silence_limit() const {
  constexpr uint64_t kSlowLine = 32'000;  // bytes a second
  const auto& memory = bucket_->options().memory;
  const auto slow = std::chrono::seconds(memory.connections * memory.part_bytes / kSlowLine);
  return bucket_->options().connection.network.stall_timeout +
         std::min<std::chrono::milliseconds>(slow, 10 * bucket_->options().connection.network.stall_timeout);
}

void Transfers::fail_stopped(const Asked& asked, bool stalled) const {
  const auto what = fmt::format("{} {}", asked.doing, base::quoted(asked.url, 400));
  if (!stalled) base::fail_cancelled(what);
  base::fail(ErrorKind::transient, "{}: S3 sent nothing for {}. Is the network there? Run again", what,
             base::human_seconds(std::chrono::duration<double>(silence_limit()).count()));
}

base::Error Transfers::error_of(const Exchange& exchange, const Asked& asked) const {
  if (exchange.error == AWS_ERROR_S3_INVALID_RESPONSE_STATUS ||
      (exchange.status >= 300 && !exchange.error_body.empty())) {
    const auto refusal = refusal_in(exchange);
    if (is_expired(refusal)) bucket_->options().credentials->forget();
    return aws::error_of(refusal, asked);
  }
  const auto what = fmt::format("{} {}", asked.doing, base::quoted(asked.url, 400));
  switch (exchange.error) {
    case AWS_ERROR_S3_OBJECT_MODIFIED:
      return {ErrorKind::conflict, what + ": it was replaced in the middle"};
    case AWS_ERROR_S3_RESPONSE_CHECKSUM_MISMATCH:
      return {ErrorKind::corrupt, what + ": the bytes that came do not fit S3's checksum"};
    case AWS_ERROR_S3_REQUEST_TIME_TOO_SKEWED:
      return aws::error_of(
          {.status = 403, .code = "RequestTimeTooSkewed", .message = "", .request_id = "", .region = ""}, asked);
    default:
      return {ErrorKind::transient, fmt::format("{}: {} (after the retries)", what, error_words(exchange.error))};
  }
}

}  // namespace tabferry::aws
