// JSON in and out (RFC 8259). Objects keep the order they were written in.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace tabferry::doc {

using Json = nlohmann::ordered_json;

// Parses one document. `where` names it in errors: Error{corrupt} "WHERE: line 3, column 7: ...".
// Refuses nesting deeper than 200 and the same key twice in one object.
Json parse_json(std::string_view text, std::string_view where);

// One line; broken UTF-8 becomes U+FFFD, so it never throws.
std::string to_line(const Json& value);

}  // namespace tabferry::doc
