// multipart/mixed (RFC 2046), read as it comes in: cpp-httplib knows multipart/form-data alone.
//
// Both spellings of a part's header that Tableau's clients use are understood, quotes optional:
//   Content-Disposition: form-data; name="request_payload"; filename=""
//   Content-Disposition: name="request_payload"
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tabferry::sim {

// A header value of the form `first; key=value; key="quoted value"`. Keys in lower case. Where even the first piece has
// a '=', `first` is empty and the piece is a parameter.
struct HeaderValue {
  std::string first;
  std::map<std::string, std::string> parameters;
};
HeaderValue parse_header_value(std::string_view text);

// The boundary in a Content-Type; absent where that is no multipart/mixed or has none.
std::optional<std::string> mixed_boundary(std::string_view content_type);

struct PartHead {
  std::string name;
  std::string filename;  // "" where there is none
  std::string content_type;
};

// Told in this order, for each part: begin, data (any number of times), end.
struct PartEvents {
  std::function<void(const PartHead&)> begin;
  std::function<void(std::string_view)> data;
  std::function<void()> end;
};

// Holds back no more than a part's header or the length of a delimiter. Throws Error{corrupt}.
class MultipartReader {
 public:
  MultipartReader(std::string_view boundary, PartEvents events);

  void push(std::string_view bytes);
  // No more bytes will come. Throws where the closing delimiter was not among them.
  void finish();

 private:
  enum class Place { preamble, behind_delimiter, head, body_start, body, epilogue };

  // Each takes what it can from the front of held_; false where it needs more bytes.
  bool step();
  bool seek_delimiter();
  bool read_behind_delimiter();
  bool read_head();
  bool skip_blank_line();
  void give(size_t length);  // that much of held_ is content (or preamble)

  std::string delimiter_;  // CRLF "--" boundary
  PartEvents events_;
  std::string held_;
  Place place_ = Place::preamble;
  bool in_part_ = false;
};

}  // namespace tabferry::sim
