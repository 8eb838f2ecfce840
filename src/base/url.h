// URLs as far as we need them: RFC 3986 percent-encoding, and the parts of an address.
#pragma once

#include <string>
#include <string_view>

namespace tabferry::base {

// Every byte but A-Z a-z 0-9 - . _ ~ becomes %XX. One path segment or one query value.
std::string percent_encoded(std::string_view text);
// %XX becomes the byte; a broken escape stays as it is. '+' stays '+'.
std::string percent_decoded(std::string_view text);

struct Url {
  std::string scheme;   // lower case: "https", "s3", "file"
  std::string host;     // with the port: "127.0.0.1:8080"; the bucket of s3://; empty for file:///
  std::string path;     // from the first '/' behind the host, as written; may be empty
};
// "scheme://host/path". Throws Error{config} where there is no "://" or no scheme.
Url parse_url(std::string_view text);
// True where the text starts with a scheme and "://".
bool has_scheme(std::string_view text);

}  // namespace tabferry::base
