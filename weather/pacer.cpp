#include "weather/pacer.h"

#include <algorithm>
#include <limits>

namespace tabferry::weather {
namespace {

constexpr uint64_t kQuantaPerSecond = 200;
// What a late wake-up may make good again; more would be a burst.
constexpr std::chrono::milliseconds kCatchUp{50};

}  // namespace

void Pacer::not_before(base::SteadyTime time) { next_ = std::max(next_, time); }

size_t Pacer::allowed(base::SteadyTime now) const {
  if (now < next_) return 0;
  if (bytes_per_second_ == 0) return std::numeric_limits<size_t>::max();
  return static_cast<size_t>(std::max<uint64_t>(bytes_per_second_ / kQuantaPerSecond, 1));
}

void Pacer::sent(size_t bytes, base::SteadyTime now) {
  if (bytes_per_second_ == 0) return;
  const std::chrono::duration<double> cost(static_cast<double>(bytes) / static_cast<double>(bytes_per_second_));
  next_ = std::max(next_, now - kCatchUp) + std::chrono::duration_cast<base::SteadyTime::duration>(cost);
}

}  // namespace tabferry::weather
