// What was under way when a run's time was up: "<snapshot>.work/interrupted/<time>-<run>.json", written once by each
// such run (a function with a deadline), and read with the receipts by the next one. From these it knows what to begin
// with, and what it cannot finish in such a time at all.
#pragma once

#include <chrono>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "backup/plan.h"
#include "backup/receipts.h"
#include "base/clock.h"
#include "store/store.h"

namespace tabferry::backup {

// In how many runs a unit may have its time and not be finished; the next run with a deadline gives it up.
inline constexpr unsigned kMostInterruptions = 2;

// Stands for the seal where that was cut: no unit is named so.
inline constexpr std::string_view kSealUnit = "(seal)";

// Which units are under way, and since when. Any lane may call any member.
class UnderWay {
 public:
  explicit UnderWay(const base::Clock& clock) : clock_(clock), began_(clock.steady_now()) {}

  void begin(const std::string& unit);  // again: from now on (it had waited for memory)
  void end(const std::string& unit);    // not called for what was cut

  // Writes what was begun and not ended; nothing where that is nothing. Throws what the store throws.
  void write(const store::Store& store, const std::string& snapshot, const std::string& run) const;

 private:
  const base::Clock& clock_;
  const base::SteadyTime began_;  // of the run
  mutable std::mutex mutex_;
  std::map<std::string, base::SteadyTime> units_;
};

// By unit: in how many runs it had its time, which is half of what the run had for its work, or more. 0 is one that was
// begun late.
using Interrupted = std::unordered_map<std::string, unsigned>;
Interrupted read_interrupted(const store::Store& store, const std::string& snapshot);
// Had its time kMostInterruptions times.
bool is_given_up(const Interrupted& interrupted, const std::string& unit);
// Its receipt: failed, with the way out.
Receipt given_up(const std::string& unit);

}  // namespace tabferry::backup
