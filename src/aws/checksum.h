// S3's checksums as its headers carry them. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tabferry::aws {

std::string crc32_base64(std::string_view bytes);  // "x-amz-checksum-crc32": big-endian, base64
std::string base64_of(uint64_t crc64);             // the same for CRC64NVME

}  // namespace tabferry::aws
