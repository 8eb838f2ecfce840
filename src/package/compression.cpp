#include <time.h>
#include <zlib.h>

#include <algorithm>
#include <vector>

#include "base/error.h"
#include "io/file.h"
#include "package/package.h"

using tabferry::base::ErrorKind;

namespace tabferry::package {
namespace {

// Many small pieces say more than a few large ones: an extract's columns lie one behind the other, each of its kind.
constexpr uint64_t kPieceBytes = uint64_t{64} << 10;   // twice what deflate looks back
constexpr uint64_t kMostPieces = 64;

// Of this thread: what else runs on the machine does not count.
double cpu_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

std::vector<char> read_piece(const std::filesystem::path& file, uint64_t offset, uint64_t length) {
  io::FileSource source(file, offset, length);
  std::vector<char> piece(length);
  for (size_t got = 0; got < piece.size();) got += source.read(std::span(piece).subspan(got));
  return piece;
}

// Deflates and inflates, and says how many bytes the first made of it.
uint64_t packed_size_of(const std::vector<char>& piece) {
  auto packed_bytes = static_cast<uLongf>(::compressBound(static_cast<uLong>(piece.size())));
  auto unpacked_bytes = static_cast<uLongf>(piece.size());
  std::vector<Bytef> packed(packed_bytes);
  std::vector<Bytef> unpacked(piece.size());
  const auto* bytes = reinterpret_cast<const Bytef*>(piece.data());
  if (::compress2(packed.data(), &packed_bytes, bytes, static_cast<uLong>(piece.size()), kDeflateLevel) != Z_OK ||
      ::uncompress(unpacked.data(), &unpacked_bytes, packed.data(), packed_bytes) != Z_OK)
    base::fail(ErrorKind::io, "trying how far an extract can be compressed: no memory");
  return packed_bytes;
}

}  // namespace

Deflation estimate_deflation(const std::filesystem::path& file) {
  const uint64_t size_bytes = io::size_of(file);
  const uint64_t length = std::min(size_bytes, kPieceBytes);
  const uint64_t pieces = std::clamp<uint64_t>(size_bytes / kPieceBytes / 16, 1, kMostPieces);
  uint64_t packed = 0;
  double seconds = 0;
  for (uint64_t i = 0; i < pieces && length > 0; ++i) {
    const uint64_t middle = size_bytes / pieces * i + size_bytes / pieces / 2;   // of its share of the file
    const auto piece = read_piece(file, middle - length / 2, length);
    const double before = cpu_seconds();
    packed += packed_size_of(piece);
    seconds += cpu_seconds() - before;
  }
  const double whole = length == 0 ? 0 : static_cast<double>(size_bytes) / static_cast<double>(pieces * length);
  return {.packed_bytes = static_cast<uint64_t>(static_cast<double>(packed) * whole), .seconds = seconds * whole};
}

}  // namespace tabferry::package
