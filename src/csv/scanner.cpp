#include "csv/scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "base/text.h"
#include "csv/opening.h"

namespace tabferry::csv {
namespace {

void check_dialect(const Dialect& dialect) {
  const auto ends_line = [](char c) { return c == '\n' || c == '\r' || c == '\0'; };
  if (dialect.delimiter == dialect.quote || ends_line(dialect.delimiter) || ends_line(dialect.quote))
    base::fail(base::ErrorKind::config, "the CSV delimiter {} and quote {} must differ and be no line ends",
               base::quoted({&dialect.delimiter, 1}), base::quoted({&dialect.quote, 1}));
}

}  // namespace

uint64_t Record::line_of(const Field& field) const {
  return line + static_cast<uint64_t>(std::count(bytes.data(), field.begin, '\n'));
}

std::string unquoted(const Field& field, char quote) {
  if (!field.quoted) return std::string(field.bytes());
  std::string text;
  for (auto rest = field.bytes(); !rest.empty();) {
    const size_t length = std::min(rest.find(quote), rest.size() - 1) + 1;
    text += rest.substr(0, length);
    rest.remove_prefix(std::min(rest.size(), rest[length - 1] == quote ? length + 1 : length));
  }
  return text;
}

Scanner::Scanner(io::ByteSource& source, const Dialect& dialect, const Origin& origin, size_t kept_fields,
                 size_t block_bytes)
    : source_(source),
      origin_(origin),
      delimiter_(dialect.delimiter),
      quote_(dialect.quote),
      marks_(dialect.delimiter, dialect.quote),
      block_bytes_(std::min(block_bytes, kFirstBlockBytes)),
      longest_block_bytes_(block_bytes),
      fields_(std::max<size_t>(1, kept_fields)) {
  check_dialect(dialect);
}

bool Scanner::fill() {
  if (ended_) return false;
  const size_t kept = end_ - record_;
  if (kept > kLongestRecordBytes) fail_too_long();
  if (kept > 0) std::memmove(buffer_.data(), buffer_.data() + record_, kept);
  record_ = 0;
  end_ = kept;
  // Twice what is kept: a long record is scanned again a few times, not once a block.
  read_block(std::max({block_bytes_, 2 * kept, started_ ? size_t{1} : kOpeningBytes}));
  block_bytes_ = std::min(2 * block_bytes_, longest_block_bytes_);
  if (!started_) skip_opening();
  if (ended_) complete_last_line();
  cursor_ = {.chunk_end = record_, .bits = 0};
  return record_ < end_;
}

void Scanner::read_block(size_t capacity) {
  buffer_.resize(std::max(buffer_.size(), capacity + 1 + Marks::kWidth));  // one byte more for the last line's end
  while (end_ < capacity && !ended_) {
    const size_t count = source_.read({buffer_.data() + end_, capacity - end_});
    ended_ = count == 0;
    end_ += count;
    bytes_read_ += count;
  }
}

void Scanner::skip_opening() {
  started_ = true;
  record_ = bytes_before_text({buffer_.data(), std::min(end_, kOpeningBytes)}, origin_);
}

// A last line without its end gets one; not behind "\r", whose lone one would become a line end by it. So where the
// source has ended, the data ends with "\n" or "\r", and only these two or an open quote can be what next() comes to
// last.
void Scanner::complete_last_line() {
  if (end_ > record_ && buffer_[end_ - 1] != '\n' && buffer_[end_ - 1] != '\r') buffer_[end_++] = '\n';
}

inline size_t Scanner::mark(Cursor& at) const {
  while (at.bits == 0) {
    if (at.chunk_end >= end_) return end_;
    at.bits = marks_.of(buffer_.data() + at.chunk_end);
    const size_t left = end_ - at.chunk_end;
    if (left < Marks::kWidth) at.bits &= (uint64_t{1} << left) - 1;
    at.chunk_end += Marks::kWidth;
  }
  const auto bit = static_cast<size_t>(std::countr_zero(at.bits));
  at.bits &= at.bits - 1;
  return at.chunk_end - Marks::kWidth + bit;
}

inline void Scanner::keep(const Walk& walk, size_t begin, size_t end, bool quoted) {
  if (walk.index >= fields_.size()) return;
  fields_[walk.index] = {
      .begin = buffer_.data() + begin, .size_bytes = static_cast<uint32_t>(end - begin), .quoted = quoted};
}

bool Scanner::next(Record& record) {
  Walk walk{.at = cursor_, .field = record_};
  for (;; ++walk.index) {
    size_t end = mark(walk.at);  // of the field
    if (end == end_) return false;
    if (buffer_[end] != quote_) {
      keep(walk, walk.field, end, false);
    } else {
      if (end != walk.field && !known(walk.field, end)) return false;
      if (end != walk.field) fail_quote(walk, end);
      const size_t closing = closing_quote(walk);
      if (closing == end_ || (end = mark(walk.at)) == end_) return false;
      if (end != closing + 1 && !known(walk.field, closing + 1)) return false;
      if (end != closing + 1) fail_behind_quote(walk, closing + 1);
      keep(walk, walk.field + 1, closing, true);
    }
    if (buffer_[end] == '\n') return close(walk, end, end + 1, record), true;
    if (buffer_[end] == '\0') fail_nul(walk, end);
    if (buffer_[end] == '\r') {
      if (end + 1 == end_ && !ended_) return false;
      if (end + 1 == end_ || buffer_[end + 1] != '\n') fail_lone_return(walk);
      mark(walk.at);  // the "\n" of this "\r\n"
      return close(walk, end, end + 2, record), true;
    }
    walk.field = end + 1;
  }
}

inline void Scanner::close(const Walk& walk, size_t end, size_t line_end, Record& record) {
  if (end - record_ > kLongestRecordBytes) fail_too_long();
  record.bytes = {buffer_.data() + record_, end - record_};
  record.fields = fields_.data();
  record.field_count = walk.index + 1;
  record.line = line_;
  record.ends_plainly = line_end == end + 1;
  line_ += 1 + walk.lines;
  record_ = line_end;
  cursor_ = walk.at;
}

size_t Scanner::closing_quote(Walk& walk) const {
  for (;;) {
    const size_t here = mark(walk.at);
    if (here == end_ && ended_) fail_unterminated(walk);
    if (here == end_) return end_;
    if (buffer_[here] == '\n') ++walk.lines;
    if (buffer_[here] == '\0') fail_nul(walk, here);
    if (buffer_[here] != quote_) continue;
    if (here + 1 == end_)
      return end_;  // the next block tells whether it is doubled; a file never ends with a quote here
    if (buffer_[here + 1] != quote_) return here;
    mark(walk.at);
  }
}

bool Scanner::known(size_t begin, size_t bad) const {
  return ended_ || end_ - begin >= kShownBytes || std::memchr(buffer_.data() + bad, '\n', end_ - bad) != nullptr;
}

}  // namespace tabferry::csv
