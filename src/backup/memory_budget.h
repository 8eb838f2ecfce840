// How much memory the objects under way may hold together: who would go beyond it waits. Private to this room.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <stop_token>

#include "base/error.h"

namespace tabferry::backup {

// Any thread may take a share.
class MemoryBudget {
 public:
  explicit MemoryBudget(uint64_t bytes) : all_(bytes), left_(bytes) {}

  // Given back when it dies.
  class Share {
   public:
    Share(MemoryBudget& budget, uint64_t bytes) : budget_(budget), bytes_(bytes) {}
    Share(const Share&) = delete;
    Share& operator=(const Share&) = delete;
    ~Share() {
      const std::lock_guard lock(budget_.mutex_);
      budget_.left_ += bytes_;
      budget_.changed_.notify_all();
    }

   private:
    MemoryBudget& budget_;
    uint64_t bytes_;
  };

  // One who wants more than there is at all gets all of it. Throws Error{cancelled}.
  Share take(uint64_t bytes, std::stop_token stop) {
    const uint64_t wanted = std::min(bytes, all_);
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [&] { return left_ >= wanted; })) base::fail_cancelled("waiting for memory");
    left_ -= wanted;
    return {*this, wanted};
  }

 private:
  const uint64_t all_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  uint64_t left_;
};

}  // namespace tabferry::backup
