#include "http/failure.h"

#include <cstring>
#include <string_view>

#include "base/error.h"
#include "base/text.h"
#include "http/transport.h"

using tabferry::base::ErrorKind;

namespace tabferry::http {
namespace {

std::string words_of(const TransferFailure& failure) {
  const char* const words = failure.curl_words[0] != '\0' ? failure.curl_words : curl_easy_strerror(failure.code);
  const std::string plain = base::quoted(base::trim(words), 300);
  return plain.substr(1, plain.size() - 2);
}

long number_of(const TransferFailure& failure, CURLINFO what) {
  long number = 0;
  curl_easy_getinfo(failure.easy, what, &number);
  return number;
}

std::string proxy_of(const TransferFailure& failure) {
  return failure.network.proxy.empty() ? "the proxy of $https_proxy (or $http_proxy, $all_proxy)"
                                       : fmt::format("the proxy {}", host_of(failure.network.proxy));
}

[[noreturn]] void fail_not_connected(const TransferFailure& failure, const std::string& host) {
  const auto system_error = static_cast<int>(number_of(failure, CURLINFO_OS_ERRNO));
  const std::string reason = system_error != 0 ? std::strerror(system_error) : words_of(failure);
  const char* const through = failure.network.proxy.empty() ? "" : " (through the configured proxy)";
  base::fail(ErrorKind::transient, "cannot connect to {}{}: {}. Is the address right, and is the server up?", host,
             through, system_error == ECONNREFUSED ? "connection refused" : reason);
}

[[noreturn]] void fail_handshake(const TransferFailure& failure, const std::string& host) {
  const std::string words = words_of(failure);
  const bool no_tls = words.find("wrong version number") != std::string::npos;
  base::fail(ErrorKind::transient, "the TLS handshake with {} failed: {}{}", host, words,
             no_tls ? ". No TLS is spoken there: is it http:// instead of https://, or another port?" : "");
}

[[noreturn]] void fail_certificate(const TransferFailure& failure, const std::string& host) {
  base::fail(
      ErrorKind::denied,
      "the certificate of {} is not accepted: {}. If the site or a proxy in between has a certificate authority "
      "of its own, set SSL_CERT_FILE to that authority's PEM file{}",
      host, words_of(failure),
      failure.network.ca_bundle.empty() ? "" : fmt::format(" (now: {})", base::quoted(failure.network.ca_bundle, 400)));
}

[[noreturn]] void fail_broken(const TransferFailure& failure, const std::string& host) {
  const char* const when =
      !failure.wholly_sent ? "before the whole request had gone out" : "before the whole answer was there";
  base::fail(ErrorKind::transient, "the connection to {} broke {}: {}", host, when, words_of(failure));
}

}  // namespace

void fail_transfer(const TransferFailure& failure) {
  const std::string host = host_of(failure.url);
  if (const long answer = number_of(failure, CURLINFO_HTTP_CONNECTCODE);
      !failure.connected && answer >= 400 && answer < 500)
    base::fail(ErrorKind::denied, "{} refuses a connection to {}: it answered {}{}", proxy_of(failure), host, answer,
               answer == 407 ? " (it wants a user name and a password: http://USER:PASSWORD@PROXY)" : "");
  switch (failure.code) {
    case CURLE_URL_MALFORMAT:
    case CURLE_UNSUPPORTED_PROTOCOL:
      if (failure.connected) fail_broken(failure, host);  // HTTP/0.9: no HTTP at all
      base::fail(ErrorKind::config, "{} is no address of an http:// or https:// server", base::quoted(host));
    case CURLE_COULDNT_RESOLVE_PROXY:
      base::fail(ErrorKind::transient, "the name of {} is not known to DNS", proxy_of(failure));
    case CURLE_COULDNT_RESOLVE_HOST:
      base::fail(ErrorKind::transient, "the name {} is not known to DNS: is it spelled right, and is there a network?",
                 host);
    case CURLE_COULDNT_CONNECT: fail_not_connected(failure, host);
    case CURLE_PEER_FAILED_VERIFICATION: fail_certificate(failure, host);
    case CURLE_SSL_CACERT_BADFILE:
      base::fail(ErrorKind::config, "the CA bundle {} cannot be read: {}", base::quoted(failure.network.ca_bundle, 400),
                 words_of(failure));
    case CURLE_SSL_CONNECT_ERROR: fail_handshake(failure, host);
    case CURLE_OUT_OF_MEMORY: base::fail(ErrorKind::io, "no memory left while talking to {}", host);
    default:
      if (failure.connected) fail_broken(failure, host);
      fail_not_connected(failure, host);
  }
}

}  // namespace tabferry::http
