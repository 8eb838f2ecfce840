// From a source to its end: into a sink, or into a hash.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/hash.h"
#include "io/byte_sink.h"
#include "io/byte_source.h"

namespace tabferry::io {

// How much is read at a time, by these and by loops of others' own.
inline constexpr size_t kBlockBytes = size_t{256} << 10;

// What comes out of `source` is hashed on its way. `source` must outlive it.
class HashingSource : public ByteSource {
 public:
  explicit HashingSource(ByteSource& source, std::function<void(uint64_t)> on_bytes = {})
      : source_(source), on_bytes_(std::move(on_bytes)) {}

  size_t read(std::span<char> into) override;
  std::string sha256() { return hash_.hex(); }  // of all that came; nothing may be read behind it

 private:
  ByteSource& source_;
  std::function<void(uint64_t)> on_bytes_;
  base::Sha256 hash_;
};

// For who wants to know of the bytes only.
class NoSink : public ByteSink {
 public:
  void write(std::string_view) override {}
  void commit() override {}
};

// Both read to the end. Once asked to stop they throw Error{cancelled} with what was being done: "fetching KEY".

// Does not commit. Returns how many bytes went over.
uint64_t copy(ByteSource& source, ByteSink& sink, const std::stop_token& stop = {}, std::string_view doing = "copying");
std::string sha256_of(ByteSource& source, const std::stop_token& stop = {}, std::string_view doing = "hashing");

}  // namespace tabferry::io
