// Where bad bytes stand, in the words of every message of this room: "NAME: line 7, column 3 (amount): what: cure".
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "base/error.h"
#include "table/schema.h"

namespace tabferry::csv {

// What is being read. The views must outlive the scanner that holds it.
struct Origin {
  std::string_view name;                            // the file's URL
  std::span<const table::Column> columns = {};      // their names go into messages; may be empty
  base::ErrorKind kind = base::ErrorKind::corrupt;  // of the errors: config for a header file
};

[[noreturn]] void fail_file(const Origin& origin, std::string_view what);
[[noreturn]] void fail_line(const Origin& origin, uint64_t line, std::string_view what);
// `column` from 1; its name is left out where the table has fewer columns.
[[noreturn]] void fail_field(const Origin& origin, uint64_t line, size_t column, std::string_view what);

}  // namespace tabferry::csv
