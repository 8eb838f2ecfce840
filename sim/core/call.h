// A request and its answer, without the network: what actions take and give.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "io/byte_source.h"
#include "sim/core/wire.h"

namespace tabferry::sim {

// The body of a request, which may be read once, as it comes in.
class Body {
 public:
  virtual ~Body() = default;
  // Gives every piece to `take`. What that throws is thrown when the body has been read to its end (so that the next
  // request on the connection starts where it should). Throws Error{transient} where the sender breaks off.
  virtual void read(const std::function<void(std::string_view)>& take) = 0;
};

// The whole of a small body. Refuses with 400000 what is larger than 4 MiB.
std::string read_all(Body& body);

struct Call {
  std::string method;  // "GET"
  std::string target;  // as it stands in the request line: "/api/3.27/sites/...?pageSize=5"
  std::string token;   // of X-Tableau-Auth; "" where there is none
  std::map<std::string, std::string, std::less<>> headers;  // by their names in lower case
  Body* body = nullptr;

  // Set from the target and the session by dispatch:
  int version = 0;                                             // 327 of /api/3.27/; the newest for /api/-/ and its like
  std::string_view route;                                      // the pattern that matched
  std::map<std::string, std::string, std::less<>> parameters;  // of the path, by the name in the route's pattern
  std::map<std::string, std::string, std::less<>> query;       // decoded
  std::string user_id;                                         // who is signed in
  std::string document;                                        // the body, for routes that want it whole

  const std::string& parameter(std::string_view name) const { return parameters.find(name)->second; }
  const std::string& header(std::string_view lower_case_name) const;  // "" where there is none
  std::optional<std::string> query_value(std::string_view name) const;
  bool query_flag(std::string_view name) const;  // true or false in any case; refuses with 400008 anything else
  Language answer_language() const;
  Language request_language() const;
  // The one child of the document's tsRequest, which must be `wanted`. Refuses with 400000.
  Node request(std::string_view wanted) const;
};

struct Reply {
  int status = 200;
  Payload payload;                       // as XML or JSON, whichever was asked for
  std::string text;                      // sent instead where it is not empty
  std::string content_type;              // of text or file
  std::shared_ptr<io::ByteSource> file;  // sent instead
  uint64_t file_bytes = 0;               // how many come out of it
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace tabferry::sim
