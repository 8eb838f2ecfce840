#include "weather/stream.h"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace tabferry::weather {

Stream::Stream(uint64_t bytes_per_second, std::atomic<uint64_t>& sent_bytes)
    : buffer_(std::make_unique_for_overwrite<char[]>(kBufferBytes)), pace_(bytes_per_second), sent_bytes_(sent_bytes) {}

bool Stream::fill(int from) {
  if (!may_read()) return false;
  make_room();
  const ssize_t got = ::recv(from, buffer_.get() + end_, kBufferBytes - end_, 0);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  if (got <= 0) {
    ended_ = true;
    was_reset_ = got < 0;
  } else {
    end_ += static_cast<size_t>(got);
  }
  return true;
}

bool Stream::flush(int to, base::SteadyTime now) {
  const size_t most = std::min(judged_ - begin_, pace_.allowed(now));
  if (most == 0) return false;
  const ssize_t sent = broken_ ? -1 : ::send(to, buffer_.get() + begin_, most, MSG_NOSIGNAL);
  if (sent < 0 && !broken_ && (errno == EAGAIN || errno == EINTR)) return false;
  if (sent < 0) {
    broken_ = true;
    begin_ = judged_;
    return true;
  }
  begin_ += static_cast<size_t>(sent);
  sent_bytes_ += static_cast<uint64_t>(sent);
  pace_.sent(static_cast<size_t>(sent), now);
  return true;
}

void Stream::drop(size_t bytes) {
  judged_ += bytes;
  begin_ = judged_;
}

void Stream::put(std::string_view bytes) {
  begin_ = 0;
  judged_ = end_ = std::min(bytes.size(), kBufferBytes);
  std::memcpy(buffer_.get(), bytes.data(), judged_);
}

// Moves what is left to the front when little is free behind it, so that reads stay large.
void Stream::make_room() {
  if (begin_ != end_ && kBufferBytes - end_ >= kBufferBytes / 4) return;
  std::memmove(buffer_.get(), buffer_.get() + begin_, end_ - begin_);
  judged_ -= begin_;
  end_ -= begin_;
  begin_ = 0;
}

}  // namespace tabferry::weather
