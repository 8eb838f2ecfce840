#include "io/copy.h"

#include "base/error.h"

namespace tabferry::io {

size_t HashingSource::read(std::span<char> into) {
  const size_t got = source_.read(into);
  hash_.update({into.data(), got});
  if (got > 0 && on_bytes_) on_bytes_(got);
  return got;
}

uint64_t copy(ByteSource& source, ByteSink& sink, const std::stop_token& stop, std::string_view doing) {
  std::string block(kBlockBytes, '\0');
  uint64_t copied = 0;
  while (const size_t got = source.read(block)) {
    if (stop.stop_requested()) base::fail_cancelled(doing);
    sink.write({block.data(), got});
    copied += got;
  }
  return copied;
}

std::string sha256_of(ByteSource& source, const std::stop_token& stop, std::string_view doing) {
  HashingSource hashed(source);
  NoSink nowhere;
  copy(hashed, nowhere, stop, doing);
  return hashed.sha256();
}

}  // namespace tabferry::io
