// Single values out of JSON, as far as anybody looks into what a site said.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "doc/json.h"

namespace tabferry::tableau {

// What stands at "extractRefresh/id"; null where nothing does.
const doc::Json* found_at(const doc::Json& value, std::string_view path);
// Its text; numbers as they are written; "" for anything else.
std::string text_at(const doc::Json& value, std::string_view path);
// The first of these texts that is not empty; "" where all are.
std::string first_text_at(const doc::Json& value, std::initializer_list<std::string_view> paths);

}  // namespace tabferry::tableau
