// The file's name in a Content-Disposition (RFC 6266), and in what real sites send in its place: no disposition type,
// quotes around an ext-value, '+' for a space, percent escapes in a plain value, bare UTF-8, no quotes at all
// (tableauserverclient issues 165, 312, 1312, 1395, https://github.com/tableau/server-client-python/issues). Private to
// this room.
#pragma once

#include <string>
#include <string_view>

namespace tabferry::tableau {

// The name for eyes, UTF-8, without control characters; it may hold '/' and anything else. "" where there is none.
// filename* comes before filename. [INF] A name without a space that holds a '+' is taken for an encoded one.
std::string filename_in(std::string_view content_disposition);

}  // namespace tabferry::tableau
