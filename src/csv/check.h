// Which fields the engine reads as people mean them. One function a type, chosen once a column: they see every cell.
//
// Each answers for the text of a field that is not NULL. They are narrower than Hyper's COPY (tried on tableauhyperapi
// 0.0.26963), which reads "(5)" as -5, "5%" as 0.05 and 01/02/2024 as 2 January; ranges (int, numeric, 2024-02-30) are
// Hyper's to judge. Blanks and tabs around are allowed, as Hyper drops them.
#pragma once

#include <string>
#include <string_view>

#include "table/schema.h"

namespace tabferry::csv {

using Check = bool (*)(std::string_view text);

// Null where every text goes: strings, booleans, and types whose form is Hyper's own affair (json, interval, bytes
// ...).
Check check_for(const table::Type& type);

bool is_integer(std::string_view text);    // 12, -5, +007
bool is_decimal(std::string_view text);    // and 1.5, .5, 1., 1e-3
bool is_double(std::string_view text);     // and nan, inf, -Infinity; not 1e400
bool is_date(std::string_view text);       // 2024-01-31; the year 0000 is no date (Hyper makes it 1 BC)
bool is_time(std::string_view text);       // 10:00, 10:00:00, 23:59:59.999
bool is_timestamp(std::string_view text);  // a date; or with one blank or T and a time; no zone but Z +00 +00:00 +0000
bool is_timestamp_tz(std::string_view text);  // the same with any zone: Z, +02, -0230, +05:30; without one it is UTC

bool overflows(std::string_view decimal);  // a decimal that would be infinite as a double

// Why `text`, which the type's check refused, is refused, and the cure: behind the value in a message. `null_string` is
// what stands for NULL in this file.
std::string complaint(const table::Type& type, std::string_view text, std::string_view null_string);

}  // namespace tabferry::csv
