// S3's checksums as its headers carry them. Private to this room.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tabferry::aws {

std::string crc32_base64(std::string_view bytes);  // "x-amz-checksum-crc32": big-endian, base64
uint64_t crc64nvme(std::string_view bytes);
std::string base64_of(uint64_t crc64);             // "x-amz-checksum-crc64nvme"

}  // namespace tabferry::aws
