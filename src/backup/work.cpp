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
#include "backup/todo.h"
#include "base/text.h"
#include "flow/for_each.h"
#include "tableau/scopes.h"

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

bool asks_the_site(const Unit& unit) { return unit.verb == Unit::Verb::download || unit.verb == Unit::Verb::read; }

// What of the earlier objects a prune (or a person) took after the plan was written: by listings, no question an
// object.
std::set<std::string> lost_of(const store::Store& store, const Plan& plan, const Todo& todo) {
  std::vector<Named> named;
  for (const size_t i : todo.all()) {
    const auto& unit = plan.units[i];
    if (unit.verb != Unit::Verb::reference || !unit.earlier) continue;
    named.push_back(named_of(*unit.earlier));
  }
  std::set<std::string> lost;
  for (auto& one : broken_objects(store, named)) lost.insert(std::move(one.key));
  return lost;
}

// "saving 31 items and 77 documents of metadata; 12 items are taken over"
std::string announced(const Plan& plan, const Todo& todo) {
  uint64_t downloads = 0, documents = 0;
  for (const size_t i : todo.all()) {
    downloads += plan.units[i].verb == Unit::Verb::download ? 1U : 0U;
    documents += plan.units[i].verb == Unit::Verb::read ? 1U : 0U;
  }
  const uint64_t rest = todo.left() - downloads - documents;
  return fmt::format(
      "saving {} and {} of metadata{}", base::counted(downloads, "item"), base::counted(documents, "document"),
      rest ? fmt::format("; {} unchanged", base::counted(rest, "item") + (rest == 1 ? " is" : " are")) : "");
}

class Worker {
 public:
  Worker(const store::Store& store, const Plan& plan, const Todo& todo, const WorkOptions& options,
         const base::Clock& clock, report::Reporter& reporter)
      : store_(store),
        plan_(plan),
        todo_(todo),
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
                 .on_room = [this](const Unit& unit) { under_way_.begin(unit.id); },
                 .lost = lost_of(store, plan, todo)},
        log_(store, plan.snapshot, options.run, clock),
        under_way_(clock) {}

  WorkDone run(const tableau::Site& site, std::stop_token stop) {
    for (const size_t i : todo_.given_up) give_up(plan_.units[i].id);
    try {
      work_off(site, stop);
    } catch (const base::Error& error) {
      if (!is_time_up(error)) throw;
      under_way_.write(store_, plan_.snapshot, options_.run);
      done_.continues = true;
    }
    log_.flush();
    done_.bytes = bytes_;
    done_.left = todo_.left() - finished_;
    return done_;
  }

  // Where the store still takes them.
  void flush_if_possible() {
    if (!content_.store_failed) log_.flush();
  }

 private:
  // Of a store that fails what was under way cannot be said.
  bool is_time_up(const base::Error& error) const {
    return error.kind() == ErrorKind::cancelled && options_.deadline.stop_requested() && !content_.store_failed;
  }

  void work_off(const tableau::Site& site, const std::stop_token& stop) {
    const size_t lanes = std::min<size_t>(std::max(1U, options_.lanes), todo_.left());
    Queue queue(todo_, options_.lanes);
    flow::for_each(lanes, lanes, stop, [&](size_t lane, size_t, const std::stop_token& lane_stop) {
      std::optional<tableau::Site> own;
      while (!lane_stop.stop_requested()) {
        const auto unit = queue.next(lane);
        if (!unit) return;
        if (!own) own.emplace(site.lane());
        finish(do_unit(plan_.units[*unit], *own, lane_stop));
      }
    });
    if (!queue.empty()) base::fail_cancelled("working");
  }

  void give_up(const std::string& unit) {
    auto receipt = given_up(unit);
    reporter_.warning(fmt::format("{}: {}", unit, receipt.reason));
    ++done_.units[receipt.outcome];
    log_.add(std::move(receipt));
  }

  Receipt do_unit(const Unit& unit, tableau::Site& site, std::stop_token stop) {
    under_way_.begin(unit.id);
    for (int attempt = 1;; ++attempt) {
      try {
        if (site.by_connected_app() && is_closed_to_apps(unit) && asks_the_site(unit)) return closed(unit);
        auto receipt =
            unit.verb == Unit::Verb::read ? do_document(unit, site, stop) : do_content(unit, site, content_, stop);
        receipt.tries = attempt;
        count(unit);
        return receipt;
      } catch (const base::Error& error) {
        if (content_.store_failed || ends_the_run(error)) throw;
        // Another try is the same configuration's.
        if (attempt >= options_.tries || error.kind() == ErrorKind::config) return failed(unit, error, attempt);
        reporter_.step(fmt::format("{}; try {} of {}", error.what(), attempt + 1, options_.tries));
      }
      if (!clock_.sleep_for(kFirstWait * (1 << (attempt - 1)), stop)) base::fail_cancelled("saving " + unit.id);
    }
  }

  // Failed, and so done by whoever can: the planner did not, for its configuration knew nothing of these workers.
  static Receipt closed(const Unit& unit) {
    return {.unit = unit.id,
            .outcome = Receipt::Outcome::failed,
            .reason = fmt::format("{}; 'tabferry backup-plan' with that configuration goes on with this plan and reads "
                                  "it by its own sign-in",
                                  tableau::closed_to_apps(unit.path))};
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
    under_way_.end(receipt.unit);
    uint64_t finished = 0;
    {
      const std::lock_guard lock(mutex_);
      ++done_.units[receipt.outcome];
      finished = ++finished_;
    }
    log_.add(std::move(receipt));
    reporter_.progress({.step = "saving the site", .done = bytes_, .items = finished, .items_total = todo_.left()});
  }

  const store::Store& store_;
  const Plan& plan_;
  const Todo& todo_;
  const WorkOptions& options_;
  const base::Clock& clock_;
  report::Reporter& reporter_;
  WriteOnce names_;
  MemoryBudget memory_;
  std::atomic<uint64_t> bytes_ = 0;
  ContentShared content_;
  ReceiptLog log_;
  UnderWay under_way_;
  std::mutex mutex_;
  WorkDone done_;
  uint64_t finished_ = 0;
};

}  // namespace

WorkDone work(const tableau::Site& site, const store::Store& store, const Plan& plan, const Shard& shard,
              const WorkOptions& options, const base::Clock& clock, report::Reporter& reporter, std::stop_token stop) {
  const bool is_limited = options.deadline.stop_possible();
  const auto interrupted = is_limited ? read_interrupted(store, plan.snapshot) : Interrupted();
  const Part part{.number = shard.number,
                  .of = shard.of,
                  .only_closed_to_apps = options.only_closed_to_apps,
                  .is_limited = is_limited};
  const auto todo = todo_of(plan, part, read_receipts(store, plan.snapshot), interrupted);
  if (todo.left() + todo.given_up.size() == 0) return {.receipts_found = todo.done};
  if (todo.left() > 0) reporter.step(announced(plan, todo));
  Worker worker(store, plan, todo, options, clock, reporter);
  try {
    auto done = worker.run(site, stop);
    done.receipts_found = todo.done;
    return done;
  } catch (const base::Error&) {
    worker.flush_if_possible();  // what was done stays done
    throw;
  }
}

}  // namespace tabferry::backup
