// The first record of a file against the table's columns.
#pragma once

#include <string>

#include "csv/record_check.h"

namespace tabferry::csv {

// Compares names without blanks around, quotes and case. Returns a warning, empty where there is none to give.
// Throws Error{origin.kind}: another number of names; the same names in another order; and, where the dialect checks
// headers, any other difference.
std::string check_header(const Record& record, const Format& format, const Origin& origin, const RecordCheck& check);

}  // namespace tabferry::csv
