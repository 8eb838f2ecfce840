// A table as HTML.
#pragma once

#include "doc/xml.h"
#include "report/report.h"

namespace tabferry::report {

// Adds the table to the innermost open element; beyond 50 rows the first 20 and the others in <details>, in columns of
// the same widths. A table without rows adds nothing.
void write_table(doc::XmlWriter& page, const Table& table);

}  // namespace tabferry::report
