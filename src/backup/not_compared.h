// What the site says of its items that is not compared: what moves by itself, and what is told elsewhere. Private to
// this room.
#pragma once

#include <string_view>

namespace tabferry::backup {

// Whether an attribute or element of this name says something of its item, wherever it stands.
bool is_compared(std::string_view name);

}  // namespace tabferry::backup
