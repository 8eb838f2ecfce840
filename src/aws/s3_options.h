// One bucket of S3, as the configuration says it.
#pragma once

#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "aws/connection.h"
#include "aws/credentials.h"

namespace tabferry::aws {

// How `memory:` is shared out (design: 3, Threads). Peak of the process = base + read_ahead_bytes (rings) +
// connections x part_bytes (the runtime's reads) + (2 x parts_under_way + 1) x part_bytes for each large object being
// written (the runtime copies what is under way).
struct Memory {
  uint64_t part_bytes = uint64_t{8} << 20;  // S3 wants at least 5 MiB; an object of unknown length has at most 10,000
  uint32_t connections = 16;
  uint32_t parts_under_way = 4;                     // of one object being written
  uint64_t read_ahead_bytes = uint64_t{128} << 20;  // of all objects that are open together
};
Memory share_out(uint64_t memory_bytes);

// "eu-west-1": what may become part of a host name that gets signed requests, whoever said it.
bool is_region(std::string_view text);

struct S3Options {
  std::string bucket;
  std::string region;    // empty: us-east-1 is asked first, and the bucket's answer corrects it
  std::string endpoint;  // "http://127.0.0.1:9000"; empty: AWS
  bool path_style = false;
  std::string sse_kms_key_id;  // of new objects: SSE-KMS with this key; empty: the bucket's default
  std::string storage_class;   // of new objects; empty: STANDARD
  std::string lock_mode;  // Object Lock of objects created with locked_until: GOVERNANCE or COMPLIANCE; empty: none
  std::shared_ptr<const Credentials> credentials;
  Connection connection;
  Memory memory;
  std::stop_token stop;  // ends every wait
};

}  // namespace tabferry::aws
