// A sink that keeps its bytes in memory.
#pragma once

#include <string>

#include "io/byte_sink.h"

namespace tabferry::test {

class TextSink : public io::ByteSink {
 public:
  void write(std::string_view bytes) override { text += bytes; }
  void commit() override {}
  std::string text;
};

}  // namespace tabferry::test
