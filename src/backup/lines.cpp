#include "backup/lines.h"

#include <fmt/format.h>

#include "base/error.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::backup {
namespace {

constexpr size_t kMaxLineBytes = size_t{32} << 20;

// The lines of a source, and a look at what stands before each of them.
class Lines {
 public:
  Lines(io::ByteSource& source, const std::string& where) : source_(source), where_(where) {}

  // Without its line end. False at the end of the document.
  bool next(std::string& line) {
    line.clear();
    for (;;) {
      const auto end = std::string_view(block_.data(), filled_).find('\n', at_);
      const size_t to = end == std::string_view::npos ? filled_ : end;
      line.append(block_.data() + at_, to - at_);
      if (line.size() > kMaxLineBytes) base::fail(ErrorKind::corrupt, "{}: a line does not end", where_);
      at_ = to + (end == std::string_view::npos ? 0 : 1);
      if (end != std::string_view::npos) return true;
      if (!refill()) {
        unended_ = !line.empty();
        return unended_;
      }
    }
  }
  // The line that came last had no line end: the document was cut there.
  bool unended() const { return unended_; }

 private:
  bool refill() {
    at_ = 0;
    filled_ = source_.read(block_);
    return filled_ > 0;
  }

  io::ByteSource& source_;
  const std::string& where_;
  std::string block_ = std::string(size_t{64} << 10, '\0');
  size_t at_ = 0;
  size_t filled_ = 0;
  bool unended_ = false;
};

std::string_view without_comma(std::string_view text) {
  if (text.ends_with(',')) text.remove_suffix(1);
  return text;
}

// `"name": REST` -> name and REST.
std::pair<std::string, std::string_view> named(std::string_view line, const std::string& where) {
  const auto colon = line.find("\": ");
  if (!line.starts_with('"') || colon == std::string_view::npos)
    base::fail(ErrorKind::corrupt, "{}: {} is no line of such a document", where, base::quoted(line, 60));
  return {std::string(line.substr(1, colon - 1)), line.substr(colon + 3)};
}

class Reader {
 public:
  Reader(const std::string& where, const LineVisitor& visitor) : where_(where), visitor_(visitor) {}

  ReadLines read(io::ByteSource& source) {
    Lines lines(source, where_);
    std::string line;
    if (!lines.next(line) || line != "{")
      base::fail(ErrorKind::corrupt, "{}: does not begin as such a document", where_);
    keep(line);
    while (!ended_) {
      if (!lines.next(line)) base::fail(ErrorKind::corrupt, "{}: ends in the middle", where_);
      take(line);
    }
    if (lines.unended()) base::fail(ErrorKind::corrupt, "{}: its last line is cut", where_);
    if (lines.next(line)) base::fail(ErrorKind::corrupt, "{}: goes on behind its end", where_);
    if (!result_.sealed) result_.sha256 = hash_.hex();
    return result_;
  }

 private:
  void keep(std::string_view line) {
    result_.size_bytes += line.size() + 1;
    if (result_.sealed) return;
    hash_.update(line);
    hash_.update("\n");
  }

  void take(const std::string& line) {
    if (!list_.empty()) return take_in_list(line);
    if (line == "}") {
      ended_ = true;
      return keep(line);
    }
    const auto [name, rest] = named(line, where_);
    if (name == "sha256") return take_seal(line, rest);
    keep(line);
    if (rest == "[")
      list_ = name;
    else if (visitor_.value)
      visitor_.value(name, doc::parse_json(without_comma(rest), where_));
  }

  void take_in_list(const std::string& line) {
    keep(line);
    if (line == "]" || line == "],") return list_.clear();
    if (visitor_.item) visitor_.item(list_, without_comma(line));
  }

  void take_seal(const std::string& line, std::string_view rest) {
    result_.sealed = true;
    result_.sha256 = hash_.hex();
    keep(line);
    if (rest != fmt::format("\"{}\"", result_.sha256))
      base::fail(ErrorKind::corrupt, "{}: its sha256 does not fit its bytes: it was changed or damaged", where_);
  }

  const std::string& where_;
  const LineVisitor& visitor_;
  base::Sha256 hash_;
  ReadLines result_;
  std::string list_;
  bool ended_ = false;
};

}  // namespace

LineWriter::LineWriter(io::ByteSink& sink) : sink_(sink) { put("{\n"); }

void LineWriter::put(std::string_view bytes) {
  if (sealed_.empty()) hash_.update(bytes);
  size_bytes_ += bytes.size();
  sink_.write(bytes);
}

void LineWriter::comma() {
  if (!first_) put(",\n");
  first_ = false;
}

void LineWriter::value(std::string_view name, const doc::Json& value) {
  comma();
  put(fmt::format("\"{}\": {}", name, doc::to_line(value)));
}

void LineWriter::begin_list(std::string_view name) {
  comma();
  put(fmt::format("\"{}\": [", name));
  first_item_ = true;
}

void LineWriter::item(std::string_view json) {
  put(first_item_ ? "\n" : ",\n");
  put(json);
  first_item_ = false;
}

void LineWriter::end_list() { put("\n]"); }

void LineWriter::end(bool sealed) {
  if (sealed) {
    put(",\n");
    sealed_ = hash_.hex();
    put(fmt::format("\"sha256\": \"{}\"", sealed_));
  }
  put("\n}\n");
}

ReadLines read_lines(io::ByteSource& source, const std::string& where, const LineVisitor& visitor) {
  return Reader(where, visitor).read(source);
}

}  // namespace tabferry::backup
