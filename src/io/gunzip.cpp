#include "io/gunzip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::io {
namespace {

constexpr size_t kPackedBytes = size_t{64} << 10;
constexpr int kGzipOnly = 15 + 16;   // zlib.h, inflateInit2: the largest window, and a gzip header that must be there
constexpr size_t kMostAtOnce = std::numeric_limits<uInt>::max();

class GunzipSource : public ByteSource {
 public:
  GunzipSource(std::unique_ptr<ByteSource> packed, std::string name)
      : packed_(std::move(packed)), name_(std::move(name)) {
    if (::inflateInit2(&stream_, kGzipOnly) != Z_OK)
      base::fail(ErrorKind::io, "starting to unpack {}: no memory", shown());
  }
  ~GunzipSource() override { ::inflateEnd(&stream_); }

  size_t read(std::span<char> into) override {
    const auto room = static_cast<uInt>(std::min(into.size(), kMostAtOnce));
    stream_.next_out = reinterpret_cast<Bytef*>(into.data());
    stream_.avail_out = room;
    while (stream_.avail_out == room && (in_member_ || next_member())) step();
    return room - stream_.avail_out;
  }

 private:
  std::string shown() const { return base::quoted(name_, 400); }

  // Packed bytes to work on; false where there are no more.
  bool fill() {
    if (stream_.avail_in > 0) return true;
    const size_t got = packed_->read(block_);
    stream_.next_in = reinterpret_cast<Bytef*>(block_.data());
    stream_.avail_in = static_cast<uInt>(got);
    return got > 0;
  }

  void step() {
    if (!fill())
      base::fail(ErrorKind::corrupt,
                 "{} ends in the middle of its gzip data: it was cut when it was written or copied. Write it again, "
                 "and check it with gzip -t", shown());
    const int result = ::inflate(&stream_, Z_NO_FLUSH);
    if (result == Z_STREAM_END) {
      in_member_ = false;
      members_ += 1;
    } else if (result == Z_MEM_ERROR) {
      base::fail(ErrorKind::io, "unpacking {}: no memory", shown());
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      fail_corrupt();
    }
  }

  [[noreturn]] void fail_corrupt() const {
    if (members_ == 0 && stream_.total_out == 0)
      base::fail(ErrorKind::corrupt,
                 "{} is not gzip data that can be read ({}): is it another format with the name of gzip? Check it with "
                 "gzip -t", shown(), reason());
    base::fail(ErrorKind::corrupt,
               "{} holds broken gzip data ({}, {} into the plain bytes of its member {}): write it again, and check it "
               "with gzip -t", shown(), reason(), base::human_bytes(stream_.total_out), members_ + 1);
  }

  const char* reason() const { return stream_.msg != nullptr ? stream_.msg : "no reason given"; }

  // True where another member begins; false at the end of all data, which may be padded with zero bytes.
  bool next_member() {
    while (fill() && *stream_.next_in == 0) {
      padded_ = true;
      ++stream_.next_in;
      --stream_.avail_in;
    }
    if (stream_.avail_in == 0) return false;
    if (padded_ || *stream_.next_in != kFirstMagic)
      base::fail(ErrorKind::corrupt,
                 "{} has other bytes behind the end of its gzip data, as where two files were mixed: write it again "
                 "(gzip -t would say: trailing garbage)", shown());
    ::inflateReset(&stream_);
    return in_member_ = true;
  }

  static constexpr Bytef kFirstMagic = 0x1f;

  std::unique_ptr<ByteSource> packed_;
  std::string name_;
  z_stream stream_{};
  std::vector<char> block_ = std::vector<char>(kPackedBytes);
  uint64_t members_ = 0;    // whole ones
  bool in_member_ = true;   // the first must be there
  bool padded_ = false;
};

}  // namespace

std::unique_ptr<ByteSource> gunzip(std::unique_ptr<ByteSource> packed, std::string name) {
  return std::make_unique<GunzipSource>(std::move(packed), std::move(name));
}

}  // namespace tabferry::io
