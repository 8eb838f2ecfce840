#include "sim/faults/index_lag.h"

#include <algorithm>

namespace tabferry::sim {

void IndexLag::hide(const std::string& id, uint64_t requests) {
  const std::lock_guard lock(mutex_);
  const uint64_t now = requests_;
  std::erase_if(hidden_, [&](const auto& entry) { return entry.second < now; });
  const uint64_t last = requests > UINT64_MAX - now ? UINT64_MAX : now + requests;
  hidden_[id] = last;
  last_hidden_at_ = std::max<uint64_t>(last_hidden_at_, last);
}

bool IndexLag::hides(std::string_view id) const {
  if (!hides_any()) return false;
  const std::lock_guard lock(mutex_);
  const auto at = hidden_.find(std::string(id));
  return at != hidden_.end() && requests_ <= at->second;
}

}  // namespace tabferry::sim
