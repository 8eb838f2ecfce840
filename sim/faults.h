// Bad weather to order. Every fault that struck is counted, so that a test can prove that it did.
// Any thread may call any member.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace tabferry::sim {

struct FaultPlan {
  uint64_t expire_session_at = 0;   // the n-th signed-in request finds its session dead; 0: none does
  bool deny_publish = false;        // nobody may publish: 403007
  std::string fail_job;             // publishing jobs fail with these notes; "": they do not
};

struct FaultCounts {
  uint64_t sessions_expired = 0;
  uint64_t publishes_denied = 0;
  uint64_t jobs_failed = 0;
};

class Faults {
 public:
  explicit Faults(FaultPlan plan) : plan_(std::move(plan)) {}

  bool expires_this_session();         // asked once for each signed-in request
  bool denies_this_publish();          // asked once for each publish
  std::string notes_for_this_job();    // asked once for each publishing job; "" lets it succeed
  FaultCounts counts() const;

 private:
  const FaultPlan plan_;
  std::atomic<uint64_t> requests_{0};
  std::atomic<uint64_t> expired_{0};
  std::atomic<uint64_t> denied_{0};
  std::atomic<uint64_t> failed_{0};
};

// "1 session expired, 0 publishes denied, 0 jobs failed"
std::string to_text(const FaultCounts& counts);

}  // namespace tabferry::sim
