#include "sim/core/ids.h"

#include <sys/random.h>

#include <array>

#include "base/error.h"

namespace tabferry::sim {
namespace {

template <size_t N>
std::array<unsigned char, N> random_bytes() {
  std::array<unsigned char, N> bytes{};
  if (::getrandom(bytes.data(), N, 0) != static_cast<ssize_t>(N)) base::fail_errno(errno, "reading random bytes");
  return bytes;
}

template <size_t N>
std::string hex(const std::array<unsigned char, N>& bytes) {
  std::string text;
  for (const auto byte : bytes) text += fmt::format("{:02x}", byte);
  return text;
}

}  // namespace

std::string make_luid() {
  auto bytes = random_bytes<16>();
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);  // version 4
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  std::string text = hex(bytes);
  for (const size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
  return text;
}

std::string make_session_token() { return hex(random_bytes<11>()) + "|" + hex(random_bytes<16>()); }

std::string make_upload_session_id() {
  const auto number = random_bytes<2>();
  return fmt::format("{}:{}-1:0", number[0] * 256 + number[1], hex(random_bytes<16>()));
}

}  // namespace tabferry::sim
