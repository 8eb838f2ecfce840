// What a run tells while it runs. Trades call it; the terminal, the log and the tests implement it.
#pragma once

#include <cstdint>
#include <string>

namespace tabferry::report {

// How far one step is. `total` 0 means unknown.
struct Progress {
  std::string step;        // "loading orders"
  uint64_t done = 0;      // bytes
  uint64_t total = 0;
  uint64_t rows = 0;       // so far, where the step loads rows
  uint64_t items = 0;      // so far, where the step goes through items
  uint64_t items_total = 0;
};

// Any thread may call any member; calls are cheap and never throw.
class Reporter {
 public:
  virtual ~Reporter() = default;
  virtual void step(const std::string& what) = 0;              // a new step begins: "signing in to ..."
  virtual void progress(const Progress& progress) = 0;
  virtual void warning(const std::string& what) = 0;
};

}  // namespace tabferry::report
