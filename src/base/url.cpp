#include "base/url.h"

#include "base/error.h"
#include "base/text.h"

namespace tabferry::base {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

}  // namespace

std::string percent_encoded(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (is_unreserved(c)) result += c;
    else result += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return result;
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '%' && i + 2 < text.size();
    const int high = escape ? hex_value(text[i + 1]) : -1;
    const int low = escape ? hex_value(text[i + 2]) : -1;
    if (high >= 0 && low >= 0) {
      result += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

bool has_scheme(std::string_view text) {
  const auto at = text.find("://");
  if (at == std::string_view::npos || at == 0) return false;
  return text.substr(0, at).find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+.-") ==
         std::string_view::npos;
}

Url parse_url(std::string_view text) {
  if (!has_scheme(text)) fail(ErrorKind::config, "{} is not a URL: it needs a scheme such as https:// or file://", quoted(text));
  const auto at = text.find("://");
  Url url{.scheme = lower(text.substr(0, at)), .host = {}, .path = {}};
  const auto rest = text.substr(at + 3);
  const auto slash = rest.find('/');
  url.host = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  return url;
}

}  // namespace tabferry::base
