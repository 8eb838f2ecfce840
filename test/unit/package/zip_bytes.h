// Zip files written and read byte by byte, by code that knows nothing of libzip: APPNOTE.TXT 6.3.9, sections 4.3 and
// 4.4.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace tabferry::package::test {

struct Member {
  std::string name;
  std::string bytes;
  // 0 stored; 8 deflated, here in blocks that are not compressed: no packer makes the same
  uint16_t method = 0;
  uint16_t flags = 0;
  uint32_t dos_time = 0x5C93'BEE5;     // date in the upper half
  uint16_t made_by = 20;
  uint16_t needed = 20;
  uint32_t external = 0;
  uint16_t internal = 0;
  std::string local_extra, central_extra, comment;
  std::optional<uint32_t> claimed_size = std::nullopt;
  std::optional<uint32_t> claimed_packed = std::nullopt;
  std::optional<uint32_t> claimed_crc = std::nullopt;
  std::optional<std::string> packed = std::nullopt;    // in place of what method makes of bytes
};

inline uint32_t crc_of(std::string_view bytes) {
  uint32_t crc = 0xFFFF'FFFFU;
  for (const char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ ((crc & 1U) != 0 ? 0xEDB8'8320U : 0U);
  }
  return ~crc;
}

inline void put(std::string& out, uint64_t number, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((number >> (8 * i)) & 0xFFU);
}

inline uint64_t get(std::string_view in, size_t at, int bytes) {
  if (at + static_cast<size_t>(bytes) > in.size()) throw std::runtime_error("the zip ends too early");
  uint64_t number = 0;
  for (int i = bytes - 1; i >= 0; --i) number = number << 8 | static_cast<unsigned char>(in[at +
      static_cast<size_t>(i)]);
  return number;
}

// RFC 1951 section 3.2.4: deflate without compression, in blocks of 1000 bytes.
inline std::string deflated_without_compression(std::string_view bytes) {
  std::string out;
  do {
    const auto block = bytes.substr(0, 1000);
    bytes.remove_prefix(block.size());
    out += bytes.empty() ? '\1' : '\0';
    put(out, block.size(), 2);
    put(out, ~block.size() & 0xFFFFU, 2);
    out += block;
  } while (!bytes.empty());
  return out;
}

inline std::string packed_of(const Member& member) {
  if (member.packed) return *member.packed;
  return member.method == 8 ? deflated_without_compression(member.bytes) : member.bytes;
}

// What local and central headers have in common, from "version needed" to the length of the extra field.
inline std::string header_of(const Member& member, std::string_view packed, size_t extra_length) {
  std::string out;
  put(out, member.needed, 2);
  put(out, member.flags, 2);
  put(out, member.method, 2);
  put(out, member.dos_time, 4);
  put(out, member.claimed_crc.value_or(crc_of(member.bytes)), 4);
  put(out, member.claimed_packed.value_or(static_cast<uint32_t>(packed.size())), 4);
  put(out, member.claimed_size.value_or(static_cast<uint32_t>(member.bytes.size())), 4);
  put(out, member.name.size(), 2);
  put(out, extra_length, 2);
  return out;
}

struct Trailer {
  uint16_t this_disk = 0;
  std::string comment;
};

inline std::string zip_of(const std::vector<Member>& members, const Trailer& trailer = {}) {
  std::string out;
  std::string directory;
  for (const auto& member : members) {
    const std::string packed = packed_of(member);
    directory += "PK\1\2";
    put(directory, member.made_by, 2);
    directory += header_of(member, packed, member.central_extra.size());
    put(directory, member.comment.size(), 2);
    put(directory, 0, 2);
    put(directory, member.internal, 2);
    put(directory, member.external, 4);
    put(directory, out.size(), 4);
    directory += member.name + member.central_extra + member.comment;
    out += "PK\3\4" + header_of(member, packed, member.local_extra.size()) + member.name + member.local_extra + packed;
  }
  const size_t at = out.size();
  out += directory + "PK\5\6";
  put(out, trailer.this_disk, 2);
  put(out, trailer.this_disk, 2);
  put(out, members.size(), 2);
  put(out, members.size(), 2);
  put(out, directory.size(), 4);
  put(out, at, 4);
  put(out, trailer.comment.size(), 2);
  return out + trailer.comment;
}

// One header, as it stands in the file.
struct Header {
  std::string name, extra;
  uint64_t needed = 0, flags = 0, method = 0, dos_time = 0, crc = 0, packed_size = 0, size = 0;
};

struct Found {
  Header central, local;
  uint64_t made_by = 0, internal = 0, external = 0, offset = 0;
  std::string comment;
  std::string packed;
};

struct FoundZip {
  std::vector<Found> members;
  std::string comment;
};

inline size_t read_header(std::string_view zip, size_t at, Header& header) {
  header.needed = get(zip, at, 2);
  header.flags = get(zip, at + 2, 2);
  header.method = get(zip, at + 4, 2);
  header.dos_time = get(zip, at + 6, 4);
  header.crc = get(zip, at + 10, 4);
  header.packed_size = get(zip, at + 14, 4);
  header.size = get(zip, at + 18, 4);
  return at + 26;   // behind the lengths of name and extra
}

inline Found read_found(std::string_view zip, size_t& at) {
  Found found;
  if (zip.substr(at, 4) != "PK\1\2") throw std::runtime_error("no central header where one must be");
  found.made_by = get(zip, at + 4, 2);
  const size_t lengths = read_header(zip, at + 6, found.central) - 4;
  const size_t name = get(zip, lengths, 2), extra = get(zip, lengths + 2, 2), comment = get(zip, lengths + 4, 2);
  found.internal = get(zip, lengths + 8, 2);
  found.external = get(zip, lengths + 10, 4);
  found.offset = get(zip, lengths + 14, 4);
  size_t text = at + 46;
  found.central.name = zip.substr(text, name);
  found.central.extra = zip.substr(text + name, extra);
  found.comment = zip.substr(text + name + extra, comment);
  at = text + name + extra + comment;
  return found;
}

inline void read_local(std::string_view zip, Found& found) {
  if (zip.substr(found.offset, 4) != "PK\3\4") throw std::runtime_error("no local header where one must be");
  const size_t lengths = read_header(zip, found.offset + 4, found.local) - 4;
  const size_t name = get(zip, lengths, 2), extra = get(zip, lengths + 2, 2);
  found.local.name = zip.substr(lengths + 4, name);
  found.local.extra = zip.substr(lengths + 4 + name, extra);
  found.packed = zip.substr(lengths + 4 + name + extra, found.central.packed_size);
}

// A zip without zip64 whose only comment is behind its only end record.
inline FoundZip parse_zip(std::string_view zip) {
  FoundZip result;
  const size_t end = zip.rfind("PK\5\6");
  if (end == std::string_view::npos) throw std::runtime_error("no end record");
  size_t at = get(zip, end + 16, 4);
  for (uint64_t i = get(zip, end + 10, 2); i > 0; --i) {
    result.members.push_back(read_found(zip, at));
    read_local(zip, result.members.back());
  }
  if (at != end) throw std::runtime_error("bytes between the directory and the end record");
  result.comment = zip.substr(end + 22);
  return result;
}

inline const Found& member(const FoundZip& zip, std::string_view name) {
  for (const auto& found : zip.members)
    if (found.central.name == name) return found;
  throw std::runtime_error("no member " + std::string(name));
}

}  // namespace tabferry::package::test
