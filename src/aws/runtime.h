// The AWS Common Runtime of this process: its library, its event loops, its resolver. Private to this room.
//
// It is started by the first call and lives as long as the program. Its event loops are threads of its own; callbacks
// run there and must neither block nor throw.
#pragma once

#include <aws/auth/credentials.h>
#include <aws/common/byte_buf.h>
#include <aws/http/request_response.h>
#include <aws/s3/s3_client.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tabferry::aws {

// An owner for the runtime's counted references.
template <auto release>
struct Release {
  template <class T>
  void operator()(T* object) const {
    release(object);
  }
};
using MessagePtr = std::unique_ptr<aws_http_message, Release<aws_http_message_release>>;
using CredentialsPtr = std::unique_ptr<aws_credentials, Release<aws_credentials_release>>;
using ProviderPtr = std::unique_ptr<aws_credentials_provider, Release<aws_credentials_provider_release>>;

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Runtime {
  aws_allocator* allocator;
  aws_client_bootstrap* bootstrap;
};
const Runtime& runtime();

// For as long as `text` lives.
aws_byte_cursor cursor(std::string_view text);
std::string_view view(const aws_byte_cursor& cursor);
// In their order, names as they are written; none of a null pointer.
Headers headers_of(const aws_http_headers* headers);
// "aws-c-s3: AWS_ERROR_S3_SLOW_DOWN, ..." in few words.
std::string error_words(int error_code);

// A TLS context of the runtime that trusts `ca_bundle` (a PEM file), or the system where it is empty.
// Throws Error{config} where the file cannot be used.
class TlsContext {
 public:
  explicit TlsContext(const std::string& ca_bundle);
  ~TlsContext();
  TlsContext(const TlsContext&) = delete;
  TlsContext& operator=(const TlsContext&) = delete;
  aws_tls_ctx* get() const { return context_; }

 private:
  aws_tls_ctx* context_ = nullptr;
};

}  // namespace tabferry::aws
