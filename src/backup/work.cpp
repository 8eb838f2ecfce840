#include "backup/work.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <mutex>
#include <set>
#include <vector>

#include "backup/content_unit.h"
#include "backup/document_unit.h"
#include "backup/named_objects.h"
#include "backup/snapshot_name.h"
#include "base/text.h"
#include "flow/for_each.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr uint64_t kBaseBytes = uint64_t{96} << 20;  // of the process without any object under way
constexpr uint64_t kLeastBytes = uint64_t{48} << 20;
constexpr std::chrono::seconds kFirstWait{1};  // before another try of a unit; doubles

// What a later try cannot mend, or what all other units would meet as well.
bool ends_the_run(const base::Error& error) {
  switch (error.kind()) {
    case ErrorKind::cancelled:
    case ErrorKind::denied:  // the session: what the site refuses of an item is an answer
    case ErrorKind::usage:
    case ErrorKind::bug:
      return true;
    default:
      return false;
  }
}

struct Todo {
  std::vector<size_t> units;  // of the plan
  uint64_t done = 0;          // units of this shard that have a receipt
};

// The units of this shard that have no receipt yet (or a failed one), the largest first: none of them is begun last.
Todo todo_of(const Plan& plan, const Shard& shard, const Receipts& receipts) {
  const auto shards = shards_of(plan.units, shard.of);
  Todo todo;
  for (size_t i = 0; i < plan.units.size(); ++i) {
    const auto receipt = receipts.find(plan.units[i].id);
    const bool done = receipt != receipts.end() && receipt->second.outcome != Receipt::Outcome::failed;
    if (shards[i] != shard.number) continue;
    if (done)
      ++todo.done;
    else
      todo.units.push_back(i);
  }
  std::stable_sort(todo.units.begin(), todo.units.end(),
                   [&](size_t a, size_t b) { return plan.units[a].listed_bytes > plan.units[b].listed_bytes; });
  return todo;
}

// What of the earlier objects a prune (or a person) took after the plan was written: by listings, no question an
// object.
std::set<std::string> lost_of(const store::Store& store, const Plan& plan, const std::vector<size_t>& todo) {
  std::vector<Named> named;
  for (const size_t i : todo) {
    const auto& unit = plan.units[i];
    if (unit.verb != Unit::Verb::reference || !unit.earlier) continue;
    named.push_back(named_of(*unit.earlier));
  }
  std::set<std::string> lost;
  for (auto& one : broken_objects(store, named)) lost.insert(std::move(one.key));
  return lost;
}

// "saving 31 items and 77 documents of metadata; 12 items are taken over"
std::string announced(const Plan& plan, const std::vector<size_t>& todo) {
  uint64_t downloads = 0, documents = 0;
  for (const size_t i : todo) {
    downloads += plan.units[i].verb == Unit::Verb::download ? 1U : 0U;
    documents += plan.units[i].verb == Unit::Verb::read ? 1U : 0U;
  }
  const uint64_t rest = todo.size() - downloads - documents;
  return fmt::format(
      "saving {} and {} of metadata{}", base::counted(downloads, "item"), base::counted(documents, "document"),
      rest ? fmt::format("; {} unchanged", base::counted(rest, "item") + (rest == 1 ? " is" : " are")) : "");
}

class Worker {
 public:
  Worker(const store::Store& store, const Plan& plan, const std::vector<size_t>& todo, const WorkOptions& options,
         const base::Clock& clock, report::Reporter& reporter)
      : plan_(plan),
        options_(options),
        clock_(clock),
        reporter_(reporter),
        names_(store, plan.snapshot + "/", options.locked_until),
        memory_(std::max(kLeastBytes, options.memory_bytes - std::min(options.memory_bytes, kBaseBytes))),
        content_{.store = store,
                 .plan = plan,
                 .memory = memory_,
                 .names = names_,
                 .locked_until = options.locked_until,
                 .on_bytes = [this](uint64_t bytes) { bytes_ += bytes; },
                 .lost = lost_of(store, plan, todo)},
        log_(store, plan.snapshot, options.run, clock) {}

  WorkDone run(const tableau::Site& site, const std::vector<size_t>& todo, std::stop_token stop) {
    total_ = todo.size();
    std::vector<std::unique_ptr<tableau::Site>> lanes(std::max(1U, options_.lanes));
    flow::for_each(todo.size(), lanes.size(), stop, [&](size_t index, size_t lane, std::stop_token lane_stop) {
      if (!lanes[lane]) lanes[lane] = std::make_unique<tableau::Site>(site.lane());
      finish(do_unit(plan_.units[todo[index]], *lanes[lane], lane_stop));
    });
    log_.flush();
    done_.bytes = bytes_;
    return done_;
  }

  // Where the store still takes them.
  void flush_if_possible() {
    if (!content_.store_failed) log_.flush();
  }

 private:
  Receipt do_unit(const Unit& unit, tableau::Site& site, std::stop_token stop) {
    for (int attempt = 1;; ++attempt) {
      try {
        auto receipt =
            unit.verb == Unit::Verb::read ? do_document(unit, site, stop) : do_content(unit, site, content_, stop);
        receipt.tries = attempt;
        count(unit);
        return receipt;
      } catch (const base::Error& error) {
        if (content_.store_failed || ends_the_run(error)) throw;
        if (attempt >= options_.tries) return failed(unit, error, attempt);
        reporter_.step(fmt::format("{}; try {} of {}", error.what(), attempt + 1, options_.tries));
      }
      if (!clock_.sleep_for(kFirstWait * (1 << (attempt - 1)), stop)) base::fail_cancelled("saving " + unit.id);
    }
  }

  static Receipt failed(const Unit& unit, const base::Error& error, int tries) {
    return {.unit = unit.id, .outcome = Receipt::Outcome::failed, .reason = error.what(), .tries = tries};
  }

  void count(const Unit& unit) {
    const std::lock_guard lock(mutex_);
    if (unit.verb == Unit::Verb::read) ++done_.documents;
    if (unit.verb == Unit::Verb::download) ++done_.downloads;
  }

  void finish(Receipt receipt) {
    uint64_t finished = 0;
    {
      const std::lock_guard lock(mutex_);
      ++done_.units[receipt.outcome];
      finished = ++finished_;
    }
    log_.add(std::move(receipt));
    reporter_.progress({.step = "saving the site", .done = bytes_, .items = finished, .items_total = total_});
  }

  const Plan& plan_;
  const WorkOptions& options_;
  const base::Clock& clock_;
  report::Reporter& reporter_;
  WriteOnce names_;
  MemoryBudget memory_;
  std::atomic<uint64_t> bytes_ = 0;
  ContentShared content_;
  ReceiptLog log_;
  std::mutex mutex_;
  WorkDone done_;
  uint64_t finished_ = 0;
  uint64_t total_ = 0;
};

}  // namespace

WorkDone work(const tableau::Site& site, const store::Store& store, const Plan& plan, const Shard& shard,
              const WorkOptions& options, const base::Clock& clock, report::Reporter& reporter, std::stop_token stop) {
  const auto receipts = read_receipts(store, plan.snapshot);
  const auto todo = todo_of(plan, shard, receipts);
  if (todo.units.empty()) return {.receipts_found = todo.done};
  reporter.step(announced(plan, todo.units));
  Worker worker(store, plan, todo.units, options, clock, reporter);
  try {
    auto done = worker.run(site, todo.units, stop);
    done.receipts_found = todo.done;
    return done;
  } catch (const base::Error&) {
    worker.flush_if_possible();  // what was done stays done
    throw;
  }
}

}  // namespace tabferry::backup
