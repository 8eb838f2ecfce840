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

#include "io/file.h"
#include "sim/wire.h"

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
  std::string method;          // "GET"
  std::string target;          // as it stands in the request line: "/api/3.27/sites/...?pageSize=5"
  std::string token;           // of X-Tableau-Auth; "" where there is none
  std::string accept;
  std::string content_type;
  Body* body = nullptr;

  // Set from the target and the session by dispatch:
  std::string version;                                          // "3.27"
  std::map<std::string, std::string, std::less<>> parameters;   // of the path, by the name in the route's pattern
  std::map<std::string, std::string, std::less<>> query;        // decoded
  std::string user_id;                                          // who is signed in

  const std::string& parameter(std::string_view name) const { return parameters.find(name)->second; }
  std::optional<std::string> query_value(std::string_view name) const;
  bool query_flag(std::string_view name) const;   // true or false in any case; refuses with 400008 anything else
  Language answer_language() const;
  Language request_language() const;
};

struct Reply {
  int status = 200;
  Payload payload;                          // nothing is sent where it is empty and there is no file
  std::shared_ptr<io::FileSource> file;     // sent instead, as application/octet-stream
  std::string disposition;                  // Content-Disposition, with a file
};

}  // namespace tabferry::sim
