// When how many bytes may go: a bandwidth in small quanta, and moments before which nothing goes. One thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

#include "base/clock.h"

namespace tabferry::weather {

class Pacer {
 public:
  explicit Pacer(uint64_t bytes_per_second) : bytes_per_second_(bytes_per_second) {}  // 0: no limit

  // Nothing goes before this. Called with the present at the start of a message: idle time saves nothing up.
  void not_before(base::SteadyTime time);
  // What may go now; 0 before ready_at().
  size_t allowed(base::SteadyTime now) const;
  void sent(size_t bytes, base::SteadyTime now);
  base::SteadyTime ready_at() const { return next_; }

 private:
  uint64_t bytes_per_second_;
  base::SteadyTime next_{};
};

}  // namespace tabferry::weather
