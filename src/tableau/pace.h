// How fast a session asks its site, all lanes together. Private to this room.
//
// A budget: no hour sees more than requests_per_hour tries. A tenth of it may go out at once, the rest comes evenly.
// A width: so many requests are on their way at the same time, a file until its last byte was read or its reader left.
// It starts at 8 (or `lanes`) and doubles with each second without trouble; as long as there never was any, also when as
// many requests ended well, each fifth of a second at most. It is halved by trouble (429, 5xx, no answer), once a second
// at most: many lanes see one trouble.
// A hold: what Retry-After asks of one lane holds for all.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "base/clock.h"
#include "http/pace.h"

namespace tabferry::tableau {

struct PaceOptions {
  uint64_t requests_per_hour = 0;  // 0: no budget
  int lanes = 32;                  // the largest width
};

class Pace : public http::Pace {
 public:
  Pace(const PaceOptions& options, const base::Clock& clock);  // the clock must outlive this

  void before(std::stop_token stop) override;
  void after(const Ending& ending) noexcept override;

  int width() const;          // as it is now
  uint64_t requests() const;  // tries that went out

 private:
  using Lock = std::unique_lock<std::mutex>;

  void move_on(base::SteadyTime now);  // what the time that went by changes
  void note_end(bool troubled, base::SteadyTime now);
  void widen(base::SteadyTime now);
  std::chrono::milliseconds time_to_go(base::SteadyTime now) const;
  void wait_for_place(Lock& lock, std::stop_token stop);

  const base::Clock& clock_;
  const int lanes_;
  const double burst_, tokens_a_second_;  // burst_ 0: no budget
  mutable std::mutex mutex_;
  std::condition_variable_any place_free_;
  // All below under the mutex.
  double tokens_;
  base::SteadyTime filled_at_, grown_at_, held_until_;
  base::SteadyTime may_halve_at_;
  int width_;
  int ended_well_ = 0;  // since the width changed
  bool was_troubled_ = false;
  int on_their_way_ = 0;
  uint64_t requests_ = 0;
};

}  // namespace tabferry::tableau
