// Walks over one message body as it passes and knows where it ends. Keeps no bytes.
#pragma once

#include <cstdint>
#include <string_view>

#include "weather/framing.h"

namespace tabferry::weather {

class Body {
 public:
  Body() = default;  // none: ended at once
  explicit Body(BodyRule rule);

  // How many of the first of these bytes belong to the body; call again with what follows them.
  // Throws Error{corrupt} where a chunk has no size.
  size_t take(std::string_view bytes);
  bool ended() const { return state_ == State::ended; }
  bool until_close() const { return state_ == State::until_close; }
  void close();  // the connection ended; that is the end of a body without one of its own

  // Taken so far, as on the wire: the lines between chunks count.
  uint64_t bytes() const { return bytes_; }

 private:
  enum class State { ended, length, until_close, size, size_rest, chunk, chunk_end, trailer };
  void take_line_byte(char byte);
  void take_size_byte(char byte);
  void end_size_line();

  State state_ = State::ended;
  uint64_t bytes_ = 0;
  uint64_t left_ = 0;         // of the length, or of this chunk
  unsigned line_length_ = 0;  // hex digits of a size; bytes of a trailer line
};

}  // namespace tabferry::weather
