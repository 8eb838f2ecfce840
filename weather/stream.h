// One direction of a connection: bytes read from one socket, judged by somebody, sent to the other at a pace.
// One thread.
// The buffer is [sent | cleared | unseen | free]: judged bytes are cleared (they may go) or dropped.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string_view>

#include "base/clock.h"
#include "weather/pacer.h"

namespace tabferry::weather {

class Stream {
 public:
  static constexpr size_t kBufferBytes = 256 * 1024;

  // `sent_bytes` counts what was sent; it must outlive the stream.
  Stream(uint64_t bytes_per_second, std::atomic<uint64_t>& sent_bytes);

  // Both do what can be done without waiting. True where anything changed.
  bool fill(int from);
  bool flush(int to, base::SteadyTime now);

  std::string_view unseen() const { return {buffer_.get() + judged_, end_ - judged_}; }
  void clear(size_t bytes) { judged_ += bytes; }  // the first of the unseen may go
  void drop(size_t bytes);                        // the first of the unseen never go; only while nothing is cleared
  void put(std::string_view bytes);               // bytes of our own, cleared; only while the stream is empty

  bool pending() const { return judged_ > begin_; }  // cleared bytes wait
  bool may_read() const { return !ended_ && end_ - begin_ < kBufferBytes; }
  bool ended() const { return ended_; }            // the source closed or reset; bytes before that may still be here
  bool was_reset() const { return was_reset_; }    // ... by RST
  bool broken() const { return broken_; }          // the other side takes no more; what is cleared goes nowhere
  Pacer& pace() { return pace_; }
  const Pacer& pace() const { return pace_; }

 private:
  void make_room();

  std::unique_ptr<char[]> buffer_;
  size_t begin_ = 0, judged_ = 0, end_ = 0;
  bool ended_ = false, was_reset_ = false, broken_ = false;
  Pacer pace_;
  std::atomic<uint64_t>& sent_bytes_;
};

}  // namespace tabferry::weather
