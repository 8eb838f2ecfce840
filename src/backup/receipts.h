// Receipts in the store: "<snapshot>.work/receipts/<time>-<run>-<n>.jsonl", a receipt a line, written once, 64 at a
// time or every five seconds. What has a receipt is never done again.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "backup/unit.h"
#include "base/clock.h"
#include "store/store.h"

namespace tabferry::backup {

// Any thread may add. What was added and not flushed is lost with the process, and done again.
class ReceiptLog {
 public:
  ReceiptLog(const store::Store& store, std::string snapshot, std::string run, const base::Clock& clock);
  ~ReceiptLog();
  // Writes a segment where 64 wait or the oldest is five seconds old; that call blocks meanwhile. Throws what the store
  // throws: the run must not go on then.
  void add(Receipt receipt);
  void flush();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Of all segments, in the order of their keys (so: of their time): of the receipts of one unit the first that is not
// `failed` wins, else the last failed one. By unit, which is the key alone: Receipt::unit is empty in here. Bodies are
// given to `keep_body` (unit, JSON) as they are read, of the winner last, and not kept here; the text of `unit` is the
// key: it stays where it is as long as the Receipts live, also when these are moved.
using Receipts = std::unordered_map<std::string, Receipt>;
Receipts read_receipts(const store::Store& store, const std::string& snapshot,
                       const std::function<void(const std::string& unit, std::string_view body)>& keep_body = {});

}  // namespace tabferry::backup
