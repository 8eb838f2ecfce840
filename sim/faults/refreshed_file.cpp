#include "sim/faults/refreshed_file.h"

#include <algorithm>
#include <vector>

#include "io/file.h"

namespace tabferry::sim {
namespace {

// APPNOTE 4.3.16: the end record has 22 bytes, of which the last two are the length of the comment behind it.
constexpr size_t kEndRecord = 22, kLongestComment = 65535;

std::string read_range(const std::filesystem::path& file, uint64_t offset, uint64_t length) {
  io::FileSource source(file, offset, length);
  std::string bytes(length, '\0');
  for (size_t at = 0; at < bytes.size();) {
    const size_t got = source.read(std::span(bytes).subspan(at));
    if (got == 0) break;
    at += got;
  }
  return bytes;
}

void copy_front(const std::filesystem::path& file, uint64_t length,
                const std::function<void(std::string_view)>& write) {
  io::FileSource source(file, 0, length);
  std::vector<char> block(size_t{256} << 10);
  for (size_t got = source.read(block); got > 0; got = source.read(block)) write({block.data(), got});
}

// Where the end record begins within the file's last bytes; npos where there is none.
size_t end_record_in(std::string_view tail) {
  for (size_t at = tail.rfind("PK\x05\x06"); at != std::string_view::npos && at + kEndRecord <= tail.size();
       at = at == 0 ? std::string_view::npos : tail.rfind("PK\x05\x06", at - 1)) {
    const auto low = static_cast<unsigned char>(tail[at + 20]), high = static_cast<unsigned char>(tail[at + 21]);
    if (at + kEndRecord + low + 256u * high == tail.size()) return at;
  }
  return std::string_view::npos;
}

std::string with_comment(std::string_view end_record, std::string_view mark) {
  const auto length = std::min(mark.size(), kLongestComment);
  std::string changed(end_record.substr(0, kEndRecord));
  changed[20] = static_cast<char>(length & 0xFF);
  changed[21] = static_cast<char>(length >> 8);
  return changed.append(mark.substr(0, length));
}

}  // namespace

bool write_refreshed(const std::filesystem::path& file, std::string_view mark,
                     const std::function<void(std::string_view)>& write) {
  const uint64_t size = io::size_of(file);
  const uint64_t tail_at = size - std::min<uint64_t>(size, kEndRecord + kLongestComment);
  const std::string tail = read_range(file, tail_at, size - tail_at);
  const size_t end_record = end_record_in(tail);
  if (end_record != std::string::npos) {
    copy_front(file, tail_at + end_record, write);
    write(with_comment(std::string_view(tail).substr(end_record), mark));
    return true;
  }
  copy_front(file, size, write);
  const std::string front = read_range(file, 0, std::min<uint64_t>(size, 4));
  const bool is_xml = front.starts_with("<") || front.starts_with("\xEF\xBB\xBF<");
  if (is_xml) write("\n<!-- " + std::string(mark) + " -->\n");
  return is_xml;
}

}  // namespace tabferry::sim
