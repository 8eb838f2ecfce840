// Foreign names as one can see them: what would be invisible, or would reorder the text around it, becomes a mark.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tabferry::report {

// Control characters become their pictures (U+2400...), "\n" among them. C1 controls, direction overrides (UAX 9:
// embeddings, overrides, isolates, marks), zero-width spaces, line separators, tags and noncharacters become
// "[U+202E]". Bytes that are no UTF-8 become "\xNN". Joiners (U+200C, U+200D) stay: scripts and emoji need them. The
// result is UTF-8, and every character of it may stand in XML.
std::string visible(std::string_view text);

// At most `columns` code points, with an ellipsis in the middle where some are left out: a path keeps its first and
// its last folder. `text` is UTF-8; columns is at least 1.
std::string shortened(std::string_view text, size_t columns);

// The first lines that are not blank, `most` of them: views into the text.
std::vector<std::string_view> first_lines(std::string_view text, size_t most);

// Code points of UTF-8 text.
size_t length_of(std::string_view text);
// What a terminal gives it: a column a code point, two for wide ones (UAX 11: East Asian scripts, emoji), none for joiners
// and marks of emoji.
size_t columns_of(std::string_view text);

}  // namespace tabferry::report
