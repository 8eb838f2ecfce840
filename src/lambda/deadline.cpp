#include "lambda/deadline.h"

#include <algorithm>

using std::chrono::milliseconds;

namespace tabferry::lambda {

milliseconds margin_of(milliseconds left) {
  constexpr milliseconds kLeast = std::chrono::seconds(15);
  return std::max(milliseconds(0), std::min(std::max(kLeast, left / 20), left / 4));
}

Deadline::Deadline(std::optional<base::WallTime> ends, const base::Clock& clock, std::stop_token stop)
    : is_limited_(ends.has_value()), pass_on_(std::move(stop), [this] { stop_.request_stop(); }) {
  if (!ends) return;
  const auto left = std::max(milliseconds(0), *ends - clock.now());
  thread_.emplace([this, &clock, wait = left - margin_of(left), ended = ended_.get_token()] {
    if (!clock.sleep_for(wait, ended)) return;
    up_.request_stop();
    stop_.request_stop();
  });
}

Deadline::~Deadline() {
  ended_.request_stop();
  if (thread_) thread_->wait();
}

}  // namespace tabferry::lambda
