// The bytes for the engine: records ended by "\n", with the file column behind them where it is wanted.
#pragma once

#include <string>

#include "csv/scanner.h"

namespace tabferry::csv {

class Canonical {
 public:
  Canonical(const Format& format, std::string_view name, const Output& output);

  void add(const Record& record);
  // Hands on what was added. Before the scanner's next fill(): records that need no change are handed on where they
  // stand.
  void flush();
  // False once the output wants no more.
  bool wanted() const { return wanted_; }

 private:
  void hand_on(std::string_view bytes);

  const Output& output_;
  std::string tail_;      // behind each record; empty where there is no file column
  std::string_view run_;  // records side by side in the scanner's buffer that go as they are
  std::string copied_;    // records that do not; only one of the two is not empty
  uint64_t records_ = 0;  // added so far
  bool wanted_ = true;
};

}  // namespace tabferry::csv
