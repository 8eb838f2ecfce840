// A clock that does not wait: it remembers how long it was asked to, and jumps ahead. One thread at a time.
#pragma once

#include <functional>
#include <vector>

#include "base/clock.h"

namespace tabferry::test {

class FakeClock : public base::Clock {
 public:
  explicit FakeClock(base::WallTime start = *base::parse_iso_time("2026-01-02T03:04:05Z")) : now_(start) {}

  base::WallTime now() const override { return now_; }
  base::SteadyTime steady_now() const override { return base::SteadyTime{} + (now_ - base::WallTime{}); }
  bool sleep_for(std::chrono::milliseconds duration, std::stop_token stop) const override {
    slept_.push_back(duration);
    now_ += duration;
    if (on_sleep) on_sleep();
    return !stop.stop_requested();
  }

  const std::vector<std::chrono::milliseconds>& slept() const { return slept_; }
  std::chrono::milliseconds total() const {
    std::chrono::milliseconds sum{0};
    for (const auto one : slept_) sum += one;
    return sum;
  }
  std::function<void()> on_sleep;

 private:
  mutable base::WallTime now_;
  mutable std::vector<std::chrono::milliseconds> slept_;
};

}  // namespace tabferry::test
