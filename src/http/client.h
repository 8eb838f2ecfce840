// An HTTP client for one far side (libcurl): one connection at a time, kept alive; TLS verified; redirects are not
// followed (curl would forward the Tableau token); HTTP/1.1. Headers and bodies are never part of a message.
// One thread at a time; two lanes take two clients. What blocks its lane is left within a second of a stop.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "http/pace.h"
#include "io/byte_source.h"

namespace tabferry::http {

// Everything a network needs to know, for every client alike. The times are real ones, whatever Clock a client has.
struct NetworkOptions {
  std::string proxy;      // empty: $https_proxy and friends; $no_proxy is honoured in both cases
  std::string ca_bundle;  // a PEM file; empty: the system's
  // For name, connection, proxy and TLS together.
  std::chrono::milliseconds connect_timeout{15'000};
  // From the last byte sent to the first one of the answer (1xx is none): Tableau may pack for minutes before it answers.
  std::chrono::milliseconds first_byte_timeout{1'800'000};
  std::chrono::milliseconds look_up_timeout{60'000};         // the same for what may be repeated: look-ups, sign-in
  // No byte in either direction, while the body goes out or once the answer has begun.
  std::chrono::milliseconds stall_timeout{120'000};
  std::string user_agent;  // empty: "tabferry/VERSION"
};

// A request body of known size that can be read again from its start (for a retry).
struct Body {
  uint64_t size_bytes = 0;
  std::function<std::unique_ptr<io::ByteSource>()> open;  // may be empty where size_bytes is 0
};
Body text_body(std::string text);  // its copy is wiped when the last Body dies: a sign-in holds a secret

struct Request {
  std::string method = "GET";
  std::string url;  // http:// or https://
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Body> body;    // POST, PUT and PATCH without one send an empty one
  bool may_repeat = false;     // sending it twice does no harm: GET, HEAD, and what the caller knows to be so
  bool repeat_if_cut = false;  // send it again where the connection broke before the whole body had gone out
  bool may_take_long = false;    // first_byte_timeout holds, although it may be repeated: the far side packs a file
  std::function<void(uint64_t)> on_sent;  // bytes of the body that went out so far; starts again with a new attempt
  // Of one attempt, from the look for a connection to the answer's last byte; 0: as long as bytes keep coming. The
  // other times start anew with each byte, so that a far side that drips its answer could hold a lane for days.
  std::chrono::milliseconds total_limit{0};
};

struct Response {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as received, names in lower case
  std::string body;                                          // at most 64 MiB, else Error{corrupt}

  std::string header(std::string_view lower_case_name) const;  // the first one, or ""
};

// How a request that failed is tried again: connect failures and 429/503 always (the far side did nothing with it);
// 500, 502, 504, resets and time-outs only where may_repeat (a broken body also where repeat_if_cut). Waits:
// Retry-After (seconds or a date, at most max_wait), else up to first_wait x 2^n with full jitter, at most max_wait.
struct Retry {
  int attempts = 5;
  std::chrono::milliseconds first_wait{1'000};
  std::chrono::milliseconds max_wait{60'000};
  std::function<void(const std::string&)> on_wait;  // "HOST answered 503; attempt 2 of 5 in 1.3 s"
};

// An answer whose body is read as it comes. Nothing runs between the reads: a slow reader holds the far side up (TCP),
// and no time is counted against it. Holds 1 MiB at most. Dies before its client, and before that is asked anything
// else.
class Incoming : public io::ByteSource {
 public:
  // Its status, its headers. Of an answer that is no 2xx it has the whole body, and there is nothing to read.
  virtual const Response& head() const = 0;
  // As announced; absent where it is not (chunked, or until the connection closes).
  virtual std::optional<uint64_t> size_bytes() const = 0;
  // Throws Error{transient} for a body that is cut, breaks off or stalls, and from then on always; Error{cancelled}.
  // A body without length and chunks ends where the far side closes: HTTP cannot tell that from a cut.
  size_t read(std::span<char> into) override = 0;
};

class Client {
 public:
  // `clock` makes the waits between attempts; it and `pace` (which may be null) must outlive the client.
  Client(NetworkOptions network, Retry retry, const base::Clock& clock, Pace* pace = nullptr);
  ~Client();

  // Returns whatever status the far side answered once retries are used up; the caller judges it.
  // Throws Error{transient} where no answer came ("... no answer within", "connection refused", ...): outcome_unknown()
  // then tells whether the far side may have acted. Error{denied} for a certificate that is not accepted or a proxy
  // that refuses, Error{cancelled}, and what Body's source throws.
  Response send(const Request& request, std::stop_token stop);
  // The same, but for the body of a 2xx: that is read from the result. What goes wrong there is not tried again here.
  // total_limit does not count in its reading.
  std::unique_ptr<Incoming> open(const Request& request, std::stop_token stop);
  // Of the last send() or open(): true where it threw although the whole request had gone out, so that the far side may
  // have acted.
  bool outcome_unknown() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::http
