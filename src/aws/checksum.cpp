#include "aws/checksum.h"

#include <aws/checksums/crc.h>
#include <aws/common/encoding.h>

#include <array>

#include "aws/runtime.h"
#include "base/error.h"

namespace tabferry::aws {
namespace {

template <class Number>
std::string big_endian_base64(Number number) {
  std::array<char, sizeof(Number)> bytes{};
  for (size_t i = 0; i < sizeof(Number); ++i) bytes[i] = static_cast<char>(number >> (8 * (sizeof(Number) - 1 - i)));
  std::array<uint8_t, 16> encoded{};
  aws_byte_buf buffer = aws_byte_buf_from_empty_array(encoded.data(), encoded.size());
  const auto plain = cursor({bytes.data(), bytes.size()});
  if (aws_base64_encode(&plain, &buffer) != AWS_OP_SUCCESS)
    base::fail(base::ErrorKind::bug, "a checksum could not be encoded");
  return {reinterpret_cast<const char*>(buffer.buffer), buffer.len};
}

}  // namespace

std::string crc32_base64(std::string_view bytes) {
  return big_endian_base64(aws_checksums_crc32_ex(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), 0));
}

uint64_t crc64nvme(std::string_view bytes) {
  return aws_checksums_crc64nvme_ex(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size(), 0);
}

std::string base64_of(uint64_t crc64) { return big_endian_base64(crc64); }

}  // namespace tabferry::aws
