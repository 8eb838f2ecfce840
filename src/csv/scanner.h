// Cuts a file into records and fields, and refuses what two readers would cut differently (RFC 4180 with "\n" or
// "\r\n").
//
//   Scanner scanner(file, dialect, origin, columns);
//   while (scanner.fill())
//     while (scanner.next(record)) ...
//
// A record is always whole in the buffer: where a block ends inside one, its bytes are kept and it is scanned again
// with the next block. So nothing depends on where blocks are cut.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "csv/csv.h"
#include "csv/fault.h"
#include "csv/marks.h"

namespace tabferry::csv {

constexpr size_t kBlockBytes = size_t{1} << 20;
constexpr size_t kFirstBlockBytes = size_t{128} << 10;   // a buffer is filled with zeros first: small files want a small one
constexpr size_t kLongestRecordBytes = size_t{64} << 20;
constexpr size_t kShownBytes = 200;  // of a bad field, at most

struct Field {
  const char* begin = nullptr;  // behind the opening quote
  uint32_t size_bytes = 0;      // without the closing quote; doubled quotes stand as they are
  bool quoted = false;

  std::string_view bytes() const { return {begin, size_bytes}; }
};

// Views into the scanner's buffer: good until its next fill().
struct Record {
  std::string_view bytes;         // without its line end
  const Field* fields = nullptr;  // the first of them, as many as the scanner keeps
  size_t field_count = 0;         // all
  uint64_t line = 0;              // of its first byte, from 1
  bool ends_plainly = false;      // one "\n" follows in the buffer

  bool blank() const { return bytes.empty(); }
  uint64_t line_of(const Field& field) const;
};

// The text a field stands for: doubled quotes made one.
std::string unquoted(const Field& field, char quote);

class Scanner {
 public:
  // Keeps the first `kept_fields` fields of a record (at least one) and counts the rest. Throws Error{config} where
  // delimiter and quote cannot be told apart. `block_bytes` is for tests.
  Scanner(io::ByteSource& source, const Dialect& dialect, const Origin& origin, size_t kept_fields,
          size_t block_bytes = kBlockBytes);

  // Reads the next block. False: all was scanned. Views of earlier records end here.
  bool fill();
  // The next record of the block. False: fill() first. Throws Error{origin.kind} with the place of what it refuses.
  bool next(Record& record);
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  // The structural bytes from one place on.
  struct Cursor {
    size_t chunk_end = 0;
    uint64_t bits = 0;  // those of the chunk that are still to come
  };
  // The record that next() is in.
  struct Walk {
    Cursor at;
    size_t field = 0;    // where the field begins, with its opening quote
    size_t index = 0;    // its number, from 0
    uint64_t lines = 0;  // line feeds in quoted fields so far
  };

  size_t mark(Cursor& at) const;               // the next structural byte; end_ where the block has no more
  size_t closing_quote(Walk& walk) const;      // of the field at walk.field; end_ where the block ends before
  bool known(size_t begin, size_t bad) const;  // the block holds what a message about the byte `bad` shows
  void keep(const Walk& walk, size_t begin, size_t end, bool quoted);
  void close(const Walk& walk, size_t end, size_t line_end, Record& record);
  void read_block(size_t capacity);
  void skip_opening();
  void complete_last_line();

  // What is refused (scan_faults.cpp).
  [[noreturn]] void fail_at(const Walk& walk, std::string_view what) const;
  [[noreturn]] void fail_quote(const Walk& walk, size_t quote) const;
  [[noreturn]] void fail_behind_quote(const Walk& walk, size_t behind) const;
  [[noreturn]] void fail_unterminated(const Walk& walk) const;
  [[noreturn]] void fail_nul(const Walk& walk, size_t nul) const;
  [[noreturn]] void fail_lone_return(const Walk& walk) const;
  [[noreturn]] void fail_too_long() const;
  std::string_view shown(size_t begin, size_t behind) const;  // the field as it stands, to its end behind `behind`

  io::ByteSource& source_;
  Origin origin_;
  char delimiter_;
  char quote_;
  Marks marks_;
  size_t block_bytes_;         // of the next block: they double, up to
  size_t longest_block_bytes_;
  std::vector<char> buffer_;  // [0, end_) is data; Marks::kWidth more bytes can be read behind it
  size_t end_ = 0;
  size_t record_ = 0;  // where the record begins that next() looks for
  uint64_t line_ = 1;  // its line
  Cursor cursor_;
  std::vector<Field> fields_;
  uint64_t bytes_read_ = 0;
  bool started_ = false;
  bool ended_ = false;  // the source has no more
};

}  // namespace tabferry::csv
