// Bad weather to order: the rules that stand now, how often each was met, and what it did. Rules come and go while the
// site runs; counts and log stay. Any thread may call any member.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "sim/faults/fault.h"
#include "sim/faults/fault_log.h"

namespace tabferry::sim {

class FaultRules {
 public:
  static constexpr size_t kMostRules = 1000;  // those that were removed count too

  // `seed` is for the dice of WHICH = 2%.
  explicit FaultRules(uint64_t seed = 0) : seed_(seed) {}

  // Adds all or, beyond kMostRules, none: Error{refused}. Returns the ids; the first rule of all is 1.
  std::vector<uint64_t> add(std::vector<Fault> faults);
  // No rule falls any more. Counts and log stay, for a test clears before it looks.
  void remove_all();
  bool any() const { return has_rules_; }  // the ordinary site pays this one look

  // Asked once for each occasion of that kind. Every rule of the kind counts it where its filter lets it through; the
  // first whose turn it is falls. What it then does is told by done(); a fault of which nothing came is not told.
  // `is_occasion`, where it is given, says of each rule whether it counts at all.
  std::optional<Strike> strike(FaultKind kind, const Occasion& occasion,
                               const std::function<bool(const Fault&)>& is_occasion = {});
  void done(const Strike& strike, const Occasion& occasion, std::string what);

  uint64_t struck(FaultKind kind) const;  // how often done() was told of that kind
  // {"rules": [{"id", "fault", "met", "struck", "removed"}], "struck": N, "log": [{"rule", "fault", "number", "method",
  // "path", "kind", "id", "done"}]}: "met" counts occasions, "number" is the one that was struck, "kind" and "id" are
  // absent where it is about no item. The log is oldest first and at most FaultLog::kMostEntries long.
  std::string to_json() const;
  // "1 session expired, 0 publishes denied, 0 jobs failed", and ", N of KIND" for each other kind that struck.
  std::string summary() const;

  // Waits with the request that a fault holds up, or until let_go(). Holds no mutex.
  void hold_up(std::chrono::milliseconds duration) const;
  void let_go() { stopping_.request_stop(); }  // for good: the site stops

 private:
  struct Rule {
    std::shared_ptr<const Fault> fault;
    uint64_t met = 0;
    uint64_t struck = 0;
    bool is_removed = false;
  };

  const uint64_t seed_;
  std::stop_source stopping_;
  std::atomic<bool> has_rules_{false};
  mutable std::mutex mutex_;
  std::vector<Rule> rules_;  // the id is the place + 1
  FaultLog log_;
};

}  // namespace tabferry::sim
