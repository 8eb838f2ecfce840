#include "aws/runtime.h"

#include <aws/auth/auth.h>
#include <aws/common/error.h>
#include <aws/io/channel_bootstrap.h>
#include <aws/io/event_loop.h>
#include <aws/io/host_resolver.h>
#include <aws/io/tls_channel_handler.h>
#include <aws/s3/s3.h>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::aws {
namespace {

Runtime start() {
  aws_allocator* const allocator = aws_default_allocator();
  aws_s3_library_init(allocator);
  aws_s3_client_bootstrap_options options{};
  options.event_loop_count = 1;  // one loop moves more than hyperd can take, and leaves it the other cores
  aws_client_bootstrap* const bootstrap = aws_s3_client_bootstrap_default(allocator, &options);
  if (!bootstrap) base::fail(ErrorKind::io, "starting the AWS runtime: {}", error_words(aws_last_error()));
  return {allocator, bootstrap};
}

}  // namespace

const Runtime& runtime() {
  static const Runtime runtime = start();  // never taken down: its threads may still be at work when main ends
  return runtime;
}

aws_byte_cursor cursor(std::string_view text) { return aws_byte_cursor_from_array(text.data(), text.size()); }

std::string_view view(const aws_byte_cursor& cursor) { return {reinterpret_cast<const char*>(cursor.ptr), cursor.len}; }

Headers headers_of(const aws_http_headers* headers) {
  Headers copy;
  for (size_t i = 0; headers && i < aws_http_headers_count(headers); ++i) {
    aws_http_header header{};
    aws_http_headers_get_index(headers, i, &header);
    copy.emplace_back(view(header.name), view(header.value));
  }
  return copy;
}

std::string error_words(int error_code) {
  return fmt::format("{} ({})", aws_error_str(error_code), aws_error_name(error_code));
}

TlsContext::TlsContext(const std::string& ca_bundle) {
  aws_tls_ctx_options options;
  aws_tls_ctx_options_init_default_client(&options, runtime().allocator);
  if (ca_bundle.empty() || aws_tls_ctx_options_override_default_trust_store_from_path(
                               &options, nullptr, ca_bundle.c_str()) == AWS_OP_SUCCESS)
    context_ = aws_tls_client_ctx_new(runtime().allocator, &options);
  const int error = context_ ? 0 : aws_last_error();
  aws_tls_ctx_options_clean_up(&options);
  if (!context_)
    base::fail(ErrorKind::config, "the CA bundle {} cannot be used for S3: {}", base::quoted(ca_bundle, 400),
               error_words(error));
}

TlsContext::~TlsContext() { aws_tls_ctx_release(context_); }

}  // namespace tabferry::aws
