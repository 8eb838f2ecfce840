#include "sim/core/multipart.h"

#include <algorithm>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::sim {
namespace {

constexpr size_t kMaxHeadBytes = 10240;    // Tableau's own: "Header section has more than 10240 bytes"
constexpr size_t kMaxPaddingBytes = 256;   // blanks that RFC 2046 allows behind a boundary
constexpr size_t kMaxBoundaryBytes = 200;  // RFC 2046 says 70

// The pieces between semicolons that stand in no quotes.
std::vector<std::string> pieces_of(std::string_view text) {
  std::vector<std::string> pieces(1);
  bool quoted = false;
  for (size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\' && i + 1 < text.size()) {
      pieces.back() += text[i++];
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ';' && !quoted) {
      pieces.emplace_back();
      continue;
    }
    pieces.back() += text[i];
  }
  return pieces;
}

std::string unquoted(std::string_view text) {
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::string(text);
  std::string result;
  for (size_t i = 1; i + 1 < text.size(); ++i) {
    if (text[i] == '\\' && i + 2 < text.size()) ++i;
    result += text[i];
  }
  return result;
}

PartHead parse_head(std::string_view head) {
  PartHead part;
  while (!head.empty()) {
    const auto end = head.find("\r\n");
    const auto line = head.substr(0, end);
    head = end == std::string_view::npos ? std::string_view{} : head.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos)
      base::fail(base::ErrorKind::corrupt, "a part has the header line {}", base::quoted(line));
    const auto name = base::lower(base::trim(line.substr(0, colon)));
    const auto value = base::trim(line.substr(colon + 1));
    if (name == "content-type") part.content_type = value;
    if (name != "content-disposition") continue;
    auto parameters = parse_header_value(value).parameters;
    part.name = parameters["name"];
    part.filename = parameters["filename"];
  }
  return part;
}

}  // namespace

HeaderValue parse_header_value(std::string_view text) {
  HeaderValue value;
  const auto pieces = pieces_of(text);
  for (size_t i = 0; i < pieces.size(); ++i) {
    const auto piece = base::trim(pieces[i]);
    const auto equals = piece.find('=');
    if (equals != std::string_view::npos)
      value.parameters[base::lower(base::trim(piece.substr(0, equals)))] =
          unquoted(base::trim(piece.substr(equals + 1)));
    else if (i == 0)
      value.first = base::lower(piece);
  }
  return value;
}

std::optional<std::string> mixed_boundary(std::string_view content_type) {
  auto value = parse_header_value(content_type);
  const auto boundary = value.parameters["boundary"];
  if (value.first != "multipart/mixed" || boundary.empty() || boundary.size() > kMaxBoundaryBytes) return std::nullopt;
  return boundary;
}

// The body may start with the first delimiter, without a line end before it: one is put there.
MultipartReader::MultipartReader(std::string_view boundary, PartEvents events)
    : delimiter_("\r\n--" + std::string(boundary)), events_(std::move(events)), held_("\r\n") {}

void MultipartReader::push(std::string_view bytes) {
  held_ += bytes;
  while (step()) {
  }
}

void MultipartReader::finish() {
  if (place_ == Place::epilogue) return;
  base::fail(base::ErrorKind::corrupt, "the multipart body ends before its closing boundary");
}

bool MultipartReader::step() {
  switch (place_) {
    case Place::preamble:
    case Place::body:
      return seek_delimiter();
    case Place::behind_delimiter:
      return read_behind_delimiter();
    case Place::head:
      return read_head();
    case Place::body_start:
      return skip_blank_line();
    case Place::epilogue:
      held_.clear();
  }
  return false;
}

bool MultipartReader::seek_delimiter() {
  const auto at = held_.find(delimiter_);
  if (at == std::string::npos) {
    if (held_.size() >= delimiter_.size()) give(held_.size() - delimiter_.size() + 1);  // the rest may be its start
    return false;
  }
  give(at);
  place_ = Place::behind_delimiter;
  return true;
}

// held_ starts with the delimiter. What follows decides: "--" ends the body, blanks and a line end start a part, and
// with anything else it was content that only looks like a delimiter.
bool MultipartReader::read_behind_delimiter() {
  const auto rest = std::string_view(held_).substr(delimiter_.size());
  if (rest.size() < 2) return false;
  const auto padding = std::min(rest.find_first_not_of(" \t"), rest.size());
  const bool closes = rest.starts_with("--");
  const bool opens = rest.substr(padding).starts_with("\r\n");
  if (!closes && !opens) {
    if (padding + 2 > rest.size() && padding <= kMaxPaddingBytes) return false;
    place_ = in_part_ ? Place::body : Place::preamble;
    give(delimiter_.size());
    return true;
  }
  if (in_part_) events_.end();
  in_part_ = false;
  held_.erase(0,
              closes ? held_.size() : delimiter_.size() + padding);  // the line end stays: read_head looks for a pair
  place_ = closes ? Place::epilogue : Place::head;
  return true;
}

bool MultipartReader::read_head() {
  const auto end = held_.find("\r\n\r\n");
  if (std::min(end, held_.size()) > kMaxHeadBytes)
    base::fail(base::ErrorKind::corrupt, "the header section of a part has more than {} bytes", kMaxHeadBytes);
  if (end == std::string::npos) return false;
  const auto part = parse_head(end == 0 ? std::string_view{} : std::string_view(held_).substr(2, end - 2));
  held_.erase(0, end + 2);  // the blank line's own line end stays
  in_part_ = true;
  events_.begin(part);
  place_ = Place::body_start;
  return true;
}

// Some clients let the blank line behind the headers begin the delimiter of an empty part: it is content's neighbour
// only where no delimiter starts with it.
bool MultipartReader::skip_blank_line() {
  if (held_.size() < delimiter_.size() && delimiter_.starts_with(held_)) return false;
  if (!held_.starts_with(delimiter_)) held_.erase(0, 2);
  place_ = Place::body;
  return true;
}

void MultipartReader::give(size_t length) {
  if (length == 0) return;
  if (in_part_) events_.data(std::string_view(held_).substr(0, length));
  held_.erase(0, length);
}

}  // namespace tabferry::sim
