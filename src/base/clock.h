// Time, so that a test can hold it. Wall time is UTC.
#pragma once

#include <chrono>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace tabferry::base {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;
using SteadyTime = std::chrono::steady_clock::time_point;

// Any thread may call any member.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual WallTime now() const = 0;
  virtual SteadyTime steady_now() const = 0;
  // Waits that long, or until `stop` is requested. False where it was.
  virtual bool sleep_for(std::chrono::milliseconds duration, std::stop_token stop) const = 0;
};

// The machine's own. Lives as long as the program.
const Clock& system_clock();

// "2016-08-03T20:34:04Z" (ISO 8601, seconds).
std::string iso_time(WallTime time);
// The form above, with an optional fraction and Z. Absent where it is no such time.
std::optional<WallTime> parse_iso_time(std::string_view text);
// "Wed, 03 Aug 2016 20:34:04 GMT" (RFC 9110 section 5.6.7, IMF-fixdate): the Date and Retry-After headers.
std::optional<WallTime> parse_http_date(std::string_view text);

}  // namespace tabferry::base
