#include "weather/units.h"

#include <arpa/inet.h>

#include <charconv>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::weather {

using base::ErrorKind;

uint64_t parse_number(std::string_view text, std::string_view what) {
  uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || stop != end)
    base::fail(ErrorKind::usage, "{} is no {}: it must be a whole number", base::quoted(text), what);
  return number;
}

std::chrono::nanoseconds parse_duration(std::string_view text) {
  double number = -1;
  const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  const std::string_view unit(stop, static_cast<size_t>(text.data() + text.size() - stop));
  static constexpr std::pair<std::string_view, double> kSeconds[] = {{"us", 1e-6}, {"ms", 1e-3}, {"s", 1}, {"m", 60}};
  for (const auto& [name, seconds] : kSeconds)
    if (error == std::errc{} && unit == name && number >= 0 && number * seconds < 1e6)
      return std::chrono::nanoseconds(static_cast<int64_t>(number * seconds * 1e9));
  base::fail(ErrorKind::usage, "{} is no duration; write 250us, 40ms, 1.5s or 3m", base::quoted(text));
}

uint64_t parse_bandwidth(std::string_view text) {
  const std::string_view size = text.ends_with("/s") ? text.substr(0, text.size() - 2) : text;
  const uint64_t rate = base::parse_bytes(size).value_or(0);
  if (rate == 0) base::fail(ErrorKind::usage, "{} is no bandwidth; write 40MB/s or 512KiB/s", base::quoted(text));
  return rate;
}

sockaddr_in parse_address(std::string_view text) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  const size_t colon = text.rfind(':');
  const std::string host(text.substr(0, colon));
  if (colon == std::string_view::npos || ::inet_pton(AF_INET, host.c_str(), &address.sin_addr) != 1)
    base::fail(ErrorKind::usage, "{} is no address; write 127.0.0.1:PORT", base::quoted(text));
  const uint64_t port = parse_number(text.substr(colon + 1), "port");
  if (port == 0 || port > 65535 || ntohl(address.sin_addr.s_addr) >> 24 != 127)
    base::fail(ErrorKind::usage, "{} is no port of this machine's loopback", base::quoted(text));
  address.sin_port = htons(static_cast<uint16_t>(port));
  return address;
}

}  // namespace tabferry::weather
