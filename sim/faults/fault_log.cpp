#include "sim/faults/fault_log.h"

#include <algorithm>

namespace tabferry::sim {

void FaultLog::add(Entry entry) {
  entry.occasion.path.resize(std::min(entry.occasion.path.size(), kLongestPath));
  entries_.push_back(std::move(entry));
  if (entries_.size() > kMostEntries) entries_.pop_front();
  ++total_;
}

}  // namespace tabferry::sim
