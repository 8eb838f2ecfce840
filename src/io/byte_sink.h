// Bytes that are pushed. Nothing is visible under the final name before commit(); a sink that dies uncommitted leaves
// nothing behind. One thread at a time.
#pragma once

#include <string_view>

namespace tabferry::io {

class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual void write(std::string_view bytes) = 0;
  // Makes everything written durable and visible, in one step. Called once; write() may not follow.
  virtual void commit() = 0;
};

}  // namespace tabferry::io
