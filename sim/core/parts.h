// The multipart body of an upload or a publish: a document and, perhaps, a file that is passed on as it comes in.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "sim/core/call.h"

namespace tabferry::sim {

struct Parts {
  bool has_payload = false;
  bool has_file = false;
  std::string payload;  // of request_payload; may be empty
  std::string filename;
  uint64_t file_bytes = 0;  // as they came in, more than the limit too
};

// Reads the whole body. `take` gets the pieces of the part `file_part`, up to limit_bytes of them together: the caller
// looks at file_bytes. Refuses with 400000 what is no multipart/mixed, is cut, or has a part of another name.
Parts receive_parts(Call& call, std::string_view file_part, uint64_t limit_bytes,
                    const std::function<void(std::string_view)>& take);

}  // namespace tabferry::sim
