// The heads of HTTP/1.1 messages (RFC 9112): where one ends, and what says where its body ends. Nothing is rewritten.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tabferry::weather {

constexpr size_t kMaxHeadBytes = 64 * 1024;

enum class BodyKind { none, length, chunked, until_close };

struct BodyRule {
  BodyKind kind = BodyKind::none;
  uint64_t bytes = 0;  // of a body by length
  bool operator==(const BodyRule&) const = default;
};

struct RequestHead {
  std::string method;
  std::string path;  // the target without its query
  BodyRule body;
  bool expects_continue = false;
};

struct AnswerHead {
  int status = 0;
  BodyRule body;
  bool interim() const { return status < 200; }  // 1xx: the answer itself is still to come
};

// The bytes of the head that `bytes` begins with, its empty line (and empty lines before it) included; absent where it
// is not complete. Throws Error{corrupt} where it is longer than kMaxHeadBytes.
std::optional<size_t> head_length(std::string_view bytes);

// Both take one whole head. Throw Error{corrupt} where it is none, or where the end of its body cannot be known.
RequestHead parse_request(std::string_view head);
// `method`: what was asked; the answer to HEAD has no body whatever its headers say. 101 (another protocol) is refused.
AnswerHead parse_answer(std::string_view head, std::string_view method);

// True where the bytes begin as a request does: a method, a path.
bool looks_like_request(std::string_view bytes);

}  // namespace tabferry::weather
