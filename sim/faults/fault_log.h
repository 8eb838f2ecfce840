// What struck: the proof that a fault happened.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "sim/faults/fault.h"

namespace tabferry::sim {

// The request that a fault may fall on.
struct Occasion {
  std::string method;
  std::string path;       // without the query
  std::string item_kind;  // "workbook"; "" where it is about no item
  std::string item_id;
};

// A fault that falls on a request, and not yet what it did.
struct Strike {
  uint64_t rule = 0;    // its id
  uint64_t number = 0;  // of the occasion, among those that the rule counts
  std::shared_ptr<const Fault> fault;
};

// The newest kMostEntries are kept. Guarded by its owner.
class FaultLog {
 public:
  static constexpr size_t kMostEntries = 100'000;

  struct Entry {
    Strike strike;
    Occasion occasion;  // its path cut to kLongestPath bytes
    std::string done;   // "answered 429 with Retry-After: 2"
  };

  void add(Entry entry);
  const std::deque<Entry>& entries() const { return entries_; }  // oldest first
  uint64_t total() const { return total_; }                      // also those that are not kept

 private:
  static constexpr size_t kLongestPath = 500;
  std::deque<Entry> entries_;
  uint64_t total_ = 0;
};

}  // namespace tabferry::sim
