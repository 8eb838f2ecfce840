// The time that an invocation has, as stop tokens.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <stop_token>

#include "base/clock.h"
#include "flow/lane.h"

namespace tabferry::lambda {

// How long before the end of `left` the work stops, to write receipts and the answer: 15 s or 5 %, whichever is more,
// and never more than a quarter.
std::chrono::milliseconds margin_of(std::chrono::milliseconds left);

class Deadline {
 public:
  // `ends`: when the function is killed; absent: never. `stop`: of the program.
  Deadline(std::optional<base::WallTime> ends, const base::Clock& clock, std::stop_token stop);
  ~Deadline();

  // Requested margin_of() before the end, or with the program's.
  std::stop_token stop() const { return stop_.get_token(); }
  // Requested, just before stop(), only where the time is up. Without an end a token that never can be.
  std::stop_token up() const { return is_limited_ ? up_.get_token() : std::stop_token(); }

 private:
  const bool is_limited_;
  std::stop_source up_, stop_, ended_;
  std::stop_callback<std::function<void()>> pass_on_;
  std::optional<flow::Lane> thread_;  // last: it uses the above
};

}  // namespace tabferry::lambda
