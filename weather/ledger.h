// What was asked and what was done: counts requests over all connections and says which fault falls on which.
// Any thread may call any member.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "weather/fault.h"
#include "weather/framing.h"

namespace tabferry::weather {

struct Kill {
  std::string whom;  // a process id, or a file that holds one at that moment
  uint64_t at = 1;   // the number of a counted request
};

struct Plan {
  std::vector<Fault> faults;  // the first that falls on a request wins
  std::vector<Kill> kills;
  std::string only_method;  // the filter of what is counted; empty: everything
  std::string only_path;
  uint64_t seed = 0;
};

struct Turn {
  uint64_t number = 0;           // among the counted; 0 where this one is not counted
  const Fault* fault = nullptr;  // of the plan
  std::optional<size_t> entry;   // where the fault is written down
};

class Ledger {
 public:
  explicit Ledger(Plan plan) : plan_(std::move(plan)) {}

  // A request's head is complete: counts it, kills whom the plan says.
  Turn begin(const RequestHead& head);
  // The fault of that turn has happened; body_bytes passed before it.
  void done(const Turn& turn, uint64_t body_bytes);
  void connection_opened();
  void connection_closed();
  void note_error(const std::string& message);

  // One line: {"seed", "requests", "counted", "connections", "connections_peak", "bytes_to_server", "bytes_to_client",
  // "faults": [{"kind", "request", "method", "path", "done", "body_bytes"}], "faults_total",
  // "kills": [{"pid", "request"}], "errors", "last_error"}. At most kMostEntries faults are listed; "request" is among
  // the counted.
  std::string to_json() const;

  static constexpr size_t kMostEntries = 200;
  std::atomic<uint64_t> bytes_to_server{0}, bytes_to_client{0};

 private:
  struct Entry {
    std::string kind, method, path;
    uint64_t request = 0;
    bool done = false;
    uint64_t body_bytes = 0;
  };
  struct Killed {
    long pid = 0;
    uint64_t request = 0;
  };
  Turn count(const RequestHead& head);
  void kill_at(uint64_t number);

  const Plan plan_;
  mutable std::mutex mutex_;
  uint64_t requests_ = 0, counted_ = 0, faults_total_ = 0, errors_ = 0;
  uint64_t connections_ = 0, open_ = 0, peak_ = 0;
  std::vector<Entry> entries_;
  std::vector<Killed> killed_;
  std::string last_error_;
};

}  // namespace tabferry::weather
