#include "backup/receipts.h"

#include <fmt/chrono.h>

#include <mutex>

#include "backup/snapshot_name.h"
#include "base/error.h"
#include "base/text.h"
#include "store/small.h"

namespace tabferry::backup {
namespace {

constexpr size_t kSegmentReceipts = 64;
constexpr size_t kSegmentBytes = size_t{8} << 20;
constexpr std::chrono::seconds kSegmentAge{5};

std::string receipts_folder(std::string_view snapshot) { return work_folder(snapshot) + "receipts/"; }

}  // namespace

struct ReceiptLog::State {
  State(const store::Store& the_store, std::string the_snapshot, std::string the_run, const base::Clock& the_clock)
      : store(the_store), snapshot(std::move(the_snapshot)), run(std::move(the_run)), clock(the_clock) {}

  bool is_due() const {
    return waiting >= kSegmentReceipts || segment.size() >= kSegmentBytes ||
           (waiting > 0 && clock.steady_now() - oldest >= kSegmentAge);
  }

  struct Segment {
    std::string key, text;
  };
  // Called with the mutex held; the segment is written without it.
  std::optional<Segment> take() {
    if (waiting == 0) return std::nullopt;
    waiting = 0;
    const auto at = std::chrono::floor<std::chrono::milliseconds>(store.now());
    return Segment{
        .key = fmt::format("{}{:%Y%m%dT%H%M%S}-{}-{:06}.jsonl", receipts_folder(snapshot), at, run, ++segments),
        .text = std::exchange(segment, {})};
  }

  const store::Store& store;
  const std::string snapshot, run;
  const base::Clock& clock;
  std::mutex mutex;
  std::string segment;
  size_t waiting = 0;
  uint64_t segments = 0;
  base::SteadyTime oldest{};
};

ReceiptLog::ReceiptLog(const store::Store& store, std::string snapshot, std::string run, const base::Clock& clock)
    : state_(std::make_unique<State>(store, std::move(snapshot), std::move(run), clock)) {}

ReceiptLog::~ReceiptLog() = default;

void ReceiptLog::add(Receipt receipt) {
  const std::string line = to_line(receipt) + "\n";
  std::optional<State::Segment> due;
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting == 0) state_->oldest = state_->clock.steady_now();
    state_->segment += line;
    ++state_->waiting;
    if (state_->is_due()) due = state_->take();
  }
  if (due) store::put_text(state_->store, due->key, due->text, {.if_absent = true});
}

void ReceiptLog::flush() {
  std::optional<State::Segment> rest;
  {
    const std::lock_guard lock(state_->mutex);
    rest = state_->take();
  }
  if (rest) store::put_text(state_->store, rest->key, rest->text, {.if_absent = true});
}

Receipts read_receipts(const store::Store& store, const std::string& snapshot,
                       const std::function<void(const std::string& unit, std::string_view body)>& keep_body) {
  std::vector<store::Object> segments;
  store.list(receipts_folder(snapshot), [&](const store::Object& object) { segments.push_back(object); });
  Receipts winners;
  const auto take = [&](Receipt receipt) {
    const std::string body = std::exchange(receipt.body, {});  // not cleared: that would keep its room
    const auto [there, is_new] = winners.try_emplace(std::exchange(receipt.unit, {}));
    if (!is_new && there->second.outcome != Receipt::Outcome::failed) return;
    there->second = std::move(receipt);
    if (keep_body && !body.empty()) keep_body(there->first, body);
  };
  for (const auto& segment : segments) {
    const std::string where = store.url(segment.key);
    const std::string text = store::read_text(store, segment);
    for (const auto line : base::split(text, '\n'))
      if (!line.empty()) take(receipt_of(line, where));
  }
  return winners;
}

}  // namespace tabferry::backup
