// A table as text. Private to this room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "report/report.h"

namespace tabferry::report {

// Control characters in foreign names must not reach a terminal.
std::string printable(std::string_view text);
std::string padded(std::string_view text, size_t to, bool right);

// Lines of at most `columns` (at least 1), broken at spaces, else behind '/', else behind '_' and the like, else
// anywhere.
std::vector<std::string> folded(std::string_view text, size_t columns);

// Each line begins with two spaces. In `columns`: what is too long for that is folded within its column, and the middle
// of what would need many lines is left out; columns of numbers stay. 0: every row is one line and whole, and the
// columns stand below each other as far as no cell is longer than 40 columns; a longer one pushes the rest of its row.
std::string text_of(const Table& table, size_t columns);

}  // namespace tabferry::report
