// A forward proxy for the runtime's own connections. Private to this room.
//
// Without one named, the runtime goes by http_proxy, https_proxy and no_proxy itself.
#pragma once

#include <aws/http/proxy.h>

#include <string>

namespace tabferry::aws {

class Proxy {
 public:
  // "http://user:password@host:3128", or a part of it, as the HTTP client takes it; no_proxy is honoured.
  // Throws Error{config} for what is no HTTP proxy: those are not for bytes of S3.
  explicit Proxy(const std::string& url);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;

  const aws_http_proxy_options* get() const { return &options_; }

 private:
  std::string host_, user_, password_, no_proxy_;
  aws_http_proxy_options options_{};
};

}  // namespace tabferry::aws
