// What the scanner says where it refuses a file.
#include <algorithm>

#include "base/text.h"
#include "csv/scanner.h"

namespace tabferry::csv {

std::string_view Scanner::shown(size_t begin, size_t behind) const {
  const auto ends_field = [this](char c) { return c == delimiter_ || c == '\n' || c == '\r'; };
  size_t end = behind;
  while (end < std::min(end_, begin + kShownBytes) && !ends_field(buffer_[end])) ++end;
  return {buffer_.data() + begin, end - begin};
}

void Scanner::fail_at(const Walk& walk, std::string_view what) const {
  const auto* const bytes = buffer_.data();
  const auto lines_before = static_cast<uint64_t>(std::count(bytes + record_, bytes + walk.field, '\n'));
  fail_field(origin_, line_ + lines_before, walk.index + 1, what);
}

void Scanner::fail_quote(const Walk& walk, size_t quote) const {
  const auto field = shown(walk.field, quote);
  if (base::trim(field).front() == quote_)
    fail_at(walk, fmt::format("{} has a blank before its opening quote: remove the blank", base::quoted(field)));
  fail_at(walk,
          fmt::format(
              "{} has a quote inside a field without quotes: put the whole field in quotes and double the quotes in it",
              base::quoted(field)));
}

void Scanner::fail_behind_quote(const Walk& walk, size_t behind) const {
  fail_at(walk,
          fmt::format("{} goes on behind its closing quote: double the quotes inside the field, or remove what follows",
                      base::quoted(shown(walk.field, behind))));
}

void Scanner::fail_unterminated(const Walk& walk) const {
  const auto field = base::trim({buffer_.data() + walk.field, end_ - walk.field});
  fail_at(walk,
          fmt::format("{} opens a quote that is never closed: close it, or double it where it belongs to the text",
                      base::quoted(field)));
}

void Scanner::fail_nul(const Walk& walk, size_t nul) const {
  const std::string_view before{buffer_.data() + walk.field, nul - walk.field};
  fail_at(walk, fmt::format("a NUL byte behind {}: the file is damaged, binary or UTF-16; save it as UTF-8 text",
                            base::quoted(before)));
}

void Scanner::fail_lone_return(const Walk& walk) const {
  fail_at(walk,
          "a carriage return without a line feed (old Mac line ends?): convert the line ends to \"\\n\", "
          "or put a field that holds one in quotes");
}

void Scanner::fail_too_long() const {
  fail_line(
      origin_, line_,
      fmt::format("a record of more than {} MiB begins here: is a quote never closed?", kLongestRecordBytes >> 20));
}

}  // namespace tabferry::csv
