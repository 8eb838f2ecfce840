#include "tableau/pace.h"

#include <algorithm>
#include <cmath>

#include "base/error.h"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using tabferry::base::SteadyTime;

namespace tabferry::tableau {
namespace {

constexpr int kFirstWidth = 8;
constexpr auto kStep = 1s;          // between two changes of the width in one direction
constexpr auto kFirstStep = 200ms;  // between two doublings, at a site that never was in trouble
constexpr auto kLook = 100ms;       // a lane that waits for a place looks that often whether the width grew

// Nine tenths of the budget flow in within the hour in which the first tenth is spent.
double burst_of(const PaceOptions& options) {
  return options.requests_per_hour == 0 ? 0 : std::max(1.0, static_cast<double>(options.requests_per_hour) / 10);
}

double flow_of(const PaceOptions& options) {
  const double an_hour = static_cast<double>(options.requests_per_hour) - burst_of(options);
  return std::max(an_hour, static_cast<double>(options.requests_per_hour) / 10) / 3600;
}

}  // namespace

Pace::Pace(const PaceOptions& options, const base::Clock& clock)
    : clock_(clock),
      lanes_(std::max(1, options.lanes)),
      burst_(burst_of(options)),
      tokens_a_second_(flow_of(options)),
      tokens_(burst_),
      filled_at_(clock.steady_now()),
      grown_at_(filled_at_),
      held_until_(filled_at_),
      may_halve_at_(filled_at_),
      width_(std::min(kFirstWidth, lanes_)) {}

void Pace::before(std::stop_token stop) {
  Lock lock(mutex_);
  for (;;) {
    wait_for_place(lock, stop);
    const milliseconds time = time_to_go(clock_.steady_now());
    if (time <= 0ms) break;
    lock.unlock();
    if (!clock_.sleep_for(time, stop)) base::fail_cancelled("waiting for the site to take more requests");
    lock.lock();
  }
  if (burst_ > 0) tokens_ -= 1;
  ++on_their_way_;
  ++requests_;
}

void Pace::after(const Ending& ending) noexcept {
  const std::lock_guard lock(mutex_);
  const SteadyTime now = clock_.steady_now();
  move_on(now);
  --on_their_way_;
  note_end(ending.troubled, now);
  if (ending.retry_after) held_until_ = std::max(held_until_, now + *ending.retry_after);
  place_free_.notify_one();
}

int Pace::width() const {
  const std::lock_guard lock(mutex_);
  return width_;
}

uint64_t Pace::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void Pace::move_on(SteadyTime now) {
  tokens_ = std::min(burst_, tokens_ + std::chrono::duration<double>(now - filled_at_).count() * tokens_a_second_);
  filled_at_ = now;
  while (width_ < lanes_ && now - grown_at_ >= kStep) widen(grown_at_ + kStep);
  if (width_ == lanes_) grown_at_ = now;
}

void Pace::note_end(bool troubled, SteadyTime now) {
  if (!troubled) {
    ++ended_well_;
    if (!was_troubled_ && ended_well_ >= width_ && now - grown_at_ >= kFirstStep) widen(now);
    return;
  }
  was_troubled_ = true;
  ended_well_ = 0;
  grown_at_ = now;
  if (now < may_halve_at_) return;
  width_ = std::max(1, width_ / 2);
  may_halve_at_ = now + kStep;
}

void Pace::widen(SteadyTime now) {
  width_ = std::min(lanes_, width_ * 2);
  ended_well_ = 0;
  grown_at_ = now;
  place_free_.notify_all();
}

milliseconds Pace::time_to_go(SteadyTime now) const {
  const auto held = std::chrono::ceil<milliseconds>(held_until_ - now);
  if (burst_ <= 0 || tokens_ >= 1) return held;
  const double seconds = (1 - tokens_) / tokens_a_second_;
  return std::max(held, milliseconds{static_cast<int64_t>(std::ceil(seconds * 1000))});
}

// The width may also grow while all others are busy for long: nobody tells then.
void Pace::wait_for_place(Lock& lock, std::stop_token stop) {
  for (;;) {
    move_on(clock_.steady_now());
    if (on_their_way_ < width_) return;
    place_free_.wait_for(lock, stop, kLook, [this] { return on_their_way_ < width_; });
    if (stop.stop_requested()) base::fail_cancelled("waiting for the site to take more requests");
  }
}

}  // namespace tabferry::tableau
