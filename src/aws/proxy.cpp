#include "aws/proxy.h"

#include <charconv>
#include <cstdlib>

#include "aws/runtime.h"
#include "base/error.h"
#include "base/text.h"
#include "base/url.h"

namespace tabferry::aws {
namespace {

constexpr uint32_t kUsualPort = 1080;  // libcurl's, where none is named

std::string no_proxy() {
  for (const char* const name : {"no_proxy", "NO_PROXY"})
    if (const char* const value = std::getenv(name)) return value;
  return "";
}

// "host:3128" or "[::1]:3128" without its port, which goes into `port`.
std::string host_of(const std::string& place, uint32_t& port) {
  const auto colon = place.rfind(':');
  if (colon == std::string::npos || place.find(']', colon) != std::string::npos) return place;
  const char* const end = place.data() + place.size();
  const auto [stopped, error] = std::from_chars(place.data() + colon + 1, end, port);
  if (error != std::errc{} || stopped != end || port == 0 || port > 65535)
    base::fail(base::ErrorKind::config, "the proxy's address has no port that could be one: {}", base::quoted(place));
  return place.substr(0, colon);
}

}  // namespace

Proxy::Proxy(const std::string& url) : no_proxy_(no_proxy()) {
  const auto parts = base::parse_url(base::has_scheme(url) ? url : "http://" + url);
  if (parts.scheme != "http")
    base::fail(base::ErrorKind::config, "a proxy of the kind {}:// is not possible for S3: name an http:// one",
               parts.scheme);
  std::string place = parts.host;
  if (const auto at = place.rfind('@'); at != std::string::npos) {
    const auto colon = std::min(at, place.find(':'));
    user_ = base::percent_decoded(place.substr(0, colon));
    password_ = base::percent_decoded(place.substr(std::min(at, colon + 1), at - std::min(at, colon + 1)));
    place.erase(0, at + 1);
  }
  options_.port = kUsualPort;
  host_ = host_of(place, options_.port);
  options_.host = cursor(host_);
  options_.no_proxy_hosts = cursor(no_proxy_);
  if (user_.empty()) return;
  options_.auth_type = AWS_HPAT_BASIC;
  options_.auth_username = cursor(user_);
  options_.auth_password = cursor(password_);
}

}  // namespace tabferry::aws
