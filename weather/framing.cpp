#include "weather/framing.h"

#include <algorithm>
#include <charconv>

#include "base/error.h"
#include "base/text.h"

namespace tabferry::weather {
namespace {

using base::ErrorKind;

struct Headers {
  std::optional<uint64_t> content_length;
  std::optional<bool> chunked;  // absent without Transfer-Encoding; false where the last coding is another
  bool expects_continue = false;
};

void take_length(Headers& headers, std::string_view value) {
  uint64_t length = 0;
  const char* end = value.data() + value.size();
  const auto [stop, error] = std::from_chars(value.data(), end, length);
  if (error != std::errc{} || stop != end || headers.content_length.value_or(length) != length)
    base::fail(ErrorKind::corrupt, "the Content-Length {} cannot be understood", base::quoted(value));
  headers.content_length = length;
}

void take_header(Headers& headers, std::string_view line) {
  const size_t colon = line.find(':');
  if (colon == std::string_view::npos) base::fail(ErrorKind::corrupt, "{} is no header", base::quoted(line));
  const std::string_view name = line.substr(0, colon), value = base::trim(line.substr(colon + 1));
  if (base::equal_ignoring_case(name, "content-length")) take_length(headers, value);
  if (base::equal_ignoring_case(name, "transfer-encoding"))
    headers.chunked = base::equal_ignoring_case(base::trim(base::split(value, ',').back()), "chunked");
  if (base::equal_ignoring_case(name, "expect"))
    headers.expects_continue = base::equal_ignoring_case(value, "100-continue");
}

std::string_view next_line(std::string_view& rest) {
  const size_t end = std::min(rest.find('\n'), rest.size());
  const std::string_view line = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return base::trim(line);
}

std::string_view first_line(std::string_view& rest) {
  std::string_view line;
  while (line.empty() && !rest.empty()) line = next_line(rest);
  return line;
}

Headers read_headers(std::string_view rest) {
  Headers headers;
  while (!rest.empty())
    if (const std::string_view line = next_line(rest); !line.empty()) take_header(headers, line);
  return headers;
}

bool is_method(std::string_view word) {
  return !word.empty() && word.size() <= 20 && std::ranges::all_of(word, [](char c) { return c >= 'A' && c <= 'Z'; });
}

// RFC 9112 section 6.3, for requests.
BodyRule request_body(const Headers& headers) {
  if (headers.chunked && !*headers.chunked)
    base::fail(ErrorKind::corrupt, "a request whose last transfer coding is not chunked has no end");
  if (headers.chunked) return {BodyKind::chunked, 0};
  if (headers.content_length.value_or(0) == 0) return {};
  return {BodyKind::length, *headers.content_length};
}

// RFC 9112 section 6.3, for answers.
BodyRule answer_body(const Headers& headers, int status, std::string_view method) {
  if (status < 200 || status == 204 || status == 304 || method == "HEAD") return {};
  if (headers.chunked) return {*headers.chunked ? BodyKind::chunked : BodyKind::until_close, 0};
  if (!headers.content_length) return {BodyKind::until_close, 0};
  return *headers.content_length == 0 ? BodyRule{} : BodyRule{BodyKind::length, *headers.content_length};
}

}  // namespace

std::optional<size_t> head_length(std::string_view bytes) {
  size_t at = std::min(bytes.find_first_not_of("\r\n"), bytes.size());
  while ((at = bytes.find('\n', at)) != std::string_view::npos) {
    const std::string_view after = bytes.substr(++at, 2);
    if (after.starts_with("\n")) return at + 1;
    if (after == "\r\n") return at + 2;
  }
  if (bytes.size() >= kMaxHeadBytes)
    base::fail(ErrorKind::corrupt, "a head did not end within {} bytes", kMaxHeadBytes);
  return std::nullopt;
}

RequestHead parse_request(std::string_view head) {
  const std::string_view line = first_line(head);
  const auto words = base::split(line, ' ');
  if (words.size() != 3 || !is_method(words[0]) || words[1].empty() || !words[2].starts_with("HTTP/1."))
    base::fail(ErrorKind::corrupt, "{} is no HTTP/1.1 request line", base::quoted(line));
  const Headers headers = read_headers(head);
  return {std::string(words[0]), std::string(words[1].substr(0, words[1].find('?'))), request_body(headers),
          headers.expects_continue};
}

AnswerHead parse_answer(std::string_view head, std::string_view method) {
  const std::string_view line = first_line(head);
  const auto words = base::split(line, ' ');
  int status = 0;
  if (words.size() >= 2) std::from_chars(words[1].data(), words[1].data() + words[1].size(), status);
  if (!line.starts_with("HTTP/1.") || status < 100 || status > 599 || status == 101)
    base::fail(ErrorKind::corrupt, "{} is no HTTP/1.1 status line that weather knows", base::quoted(line));
  return {status, answer_body(read_headers(head), status, method)};
}

bool looks_like_request(std::string_view bytes) {
  const size_t space = bytes.find(' ');
  return space != std::string_view::npos && is_method(bytes.substr(0, space)) && bytes.substr(space + 1, 1) == "/";
}

}  // namespace tabferry::weather
