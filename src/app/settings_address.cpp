#include "app/settings_address.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.h"
#include "base/url.h"

namespace tabferry::app {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
constexpr std::string_view kDigits = "0123456789";

bool only_of(std::string_view text, std::string_view marks) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    const auto in = [c](std::string_view set) { return set.find(c) != std::string_view::npos; };
    return static_cast<unsigned char>(c) >= 0x80 || in(kLetters) || in(kDigits) || in(marks);
  });
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && text.find_first_not_of(kDigits) == std::string_view::npos;
}

// "[::1]:8000" -> "::1", "host:8000" -> "host"; absent where it is no host.
std::optional<std::string> host_of(std::string_view authority) {
  std::string_view host = authority;
  std::string_view port;
  if (authority.starts_with('[')) {
    const auto close = authority.find(']');
    if (close == std::string_view::npos) return std::nullopt;
    host = authority.substr(1, close - 1);
    port = authority.substr(close + 1);
    if (host.empty() || host.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos)
      return std::nullopt;
  } else {
    host = authority.substr(0, authority.find(':'));
    port = authority.substr(host.size());
    if (host.empty() || !only_of(host, ".-_") || !base::is_utf8(host)) return std::nullopt;
  }
  if (!port.empty() && (port[0] != ':' || !is_port(port.substr(1)))) return std::nullopt;
  return std::string(host);
}

std::string first_part(std::string_view text) {
  return base::percent_decoded(text.substr(0, text.find_first_of("/?#")));
}

std::optional<std::string> content_url_of(std::string_view rest) {
  const auto mark = rest.find("#/");
  if (mark != std::string_view::npos) {
    const auto page = rest.substr(mark + 2);
    return page.starts_with("site/") ? first_part(page.substr(5)) : "";
  }
  if (rest.starts_with("/t/")) return first_part(rest.substr(3));
  return std::nullopt;
}

}  // namespace

std::optional<BrowserAddress> parse_browser_address(std::string_view text) {
  if (!base::has_scheme(text)) return std::nullopt;
  const auto at = text.find("://");
  const std::string scheme = base::lower(text.substr(0, at));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  const auto behind = text.substr(at + 3);
  const auto authority = behind.substr(0, behind.find_first_of("/?#"));
  const auto host = host_of(authority);
  if (!host) return std::nullopt;
  const auto rest = behind.substr(authority.size());
  return BrowserAddress{.server = fmt::format("{}://{}", scheme, authority), .host = *host, .rest = std::string(rest),
      .content_url = content_url_of(rest)};
}

bool is_loopback(std::string_view host) {
  const std::string name = base::lower(host);
  const bool ipv4 = name.starts_with("127.") && name.find_first_not_of("0123456789.") == std::string::npos;
  return name == "localhost" || name.ends_with(".localhost") || name == "::1" || ipv4;
}

bool is_tableau_cloud(std::string_view host) { return base::lower(host).ends_with(".online.tableau.com"); }

bool is_content_url(std::string_view text) { return base::is_utf8(text) && only_of(text, "-_"); }

}  // namespace tabferry::app
