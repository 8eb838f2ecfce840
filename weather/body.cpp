#include "weather/body.h"

#include <algorithm>

#include "base/error.h"

namespace tabferry::weather {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

Body::Body(BodyRule rule) : left_(rule.bytes) {
  if (rule.kind == BodyKind::length && rule.bytes > 0) state_ = State::length;
  if (rule.kind == BodyKind::chunked) state_ = State::size;
  if (rule.kind == BodyKind::until_close) state_ = State::until_close;
}

size_t Body::take(std::string_view bytes) {
  size_t taken = 0;
  while (taken < bytes.size() && !ended()) {
    if (state_ == State::until_close) {
      taken = bytes.size();
    } else if (state_ == State::length || state_ == State::chunk) {
      const size_t step = static_cast<size_t>(std::min<uint64_t>(left_, bytes.size() - taken));
      taken += step;
      left_ -= step;
      if (left_ == 0) state_ = state_ == State::length ? State::ended : State::chunk_end;
    } else {
      take_line_byte(bytes[taken++]);
    }
  }
  bytes_ += taken;
  return taken;
}

void Body::close() {
  if (state_ == State::until_close) state_ = State::ended;
}

void Body::take_line_byte(char byte) {
  switch (state_) {
    case State::size:
      return take_size_byte(byte);
    case State::size_rest:  // an extension: nobody's concern
      if (byte == '\n') end_size_line();
      return;
    case State::chunk_end:
      if (byte == '\n') {
        state_ = State::size;
        line_length_ = 0;
      } else if (byte != '\r') {
        base::fail(base::ErrorKind::corrupt, "a chunk is longer than its size says");
      }
      return;
    default:  // a trailer line; an empty one is the end
      if (byte == '\n') {
        if (line_length_ == 0) state_ = State::ended;
        line_length_ = 0;
      } else if (byte != '\r') {
        line_length_ = 1;
      }
  }
}

void Body::take_size_byte(char byte) {
  const int digit = hex_digit(byte);
  if (digit >= 0 && line_length_ < 15) {
    left_ = left_ * 16 + static_cast<uint64_t>(digit);
    ++line_length_;
    return;
  }
  if (digit >= 0 || line_length_ == 0) base::fail(base::ErrorKind::corrupt, "a chunk has no size");
  state_ = State::size_rest;
  if (byte == '\n') end_size_line();
}

void Body::end_size_line() {
  state_ = left_ == 0 ? State::trailer : State::chunk;
  line_length_ = 0;
}

}  // namespace tabferry::weather
