// A bounded queue between two lanes: the one that is ahead waits. End of data is a value, giving up is another thing.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

namespace tabferry::flow {

// Any number of lanes may push and pop.
template <class T>
class Channel {
 public:
  // At most `capacity` (at least 1) items wait.
  explicit Channel(size_t capacity) : capacity_(capacity) {}

  // Waits for room. False: the channel is closed or the reader has gone, or `stop` was requested; the item is dropped.
  bool push(T item, const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    const bool ready = changed_.wait(lock, stop, [&] { return ended_ || items_.size() < capacity_; });
    if (!ready || ended_) return false;
    items_.push_back(std::move(item));
    changed_.notify_all();
    return true;
  }

  // Waits for an item. Absent: all was taken and the channel is closed, it was abandoned, or `stop` was requested.
  std::optional<T> pop(const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [&] { return ended_ || !items_.empty(); });
    return items_.empty() ? std::nullopt : take();
  }

  // What waits now, or nothing: never waits itself.
  std::optional<T> try_pop() {
    const std::lock_guard lock(mutex_);
    return items_.empty() ? std::nullopt : take();
  }

  // No more will be pushed; what waits is still popped. May be called twice.
  void close() { end(false); }
  // Nobody will pop any more, or nobody shall: what waits is dropped. May be called twice.
  void abandon() { end(true); }

 private:
  // Called with the mutex held, where there is an item.
  std::optional<T> take() {
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    changed_.notify_all();
    return item;
  }

  void end(bool drop) {
    const std::lock_guard lock(mutex_);
    ended_ = true;
    if (drop) items_.clear();
    changed_.notify_all();
  }

  const size_t capacity_;
  std::mutex mutex_;
  std::condition_variable_any changed_;
  std::deque<T> items_;
  bool ended_ = false;
};

}  // namespace tabferry::flow
