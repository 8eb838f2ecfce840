// A report as a page: for the browser of a person who has nothing else at hand.
#pragma once

#include <string>

#include "report/report.h"

namespace tabferry::report {

// One self-contained HTML page, UTF-8: no script, no request to anywhere (its Content-Security-Policy forbids both),
// light and dark as the reader's system has it, printable, from 320 pixels of width up. Behind the DOCTYPE it is
// well-formed XML as well.
//
// Foreign text is shown, never obeyed: escaped, with what is invisible made visible (visible.h). A fact that is an http
// or https address becomes a link; nothing else does. The facts of the first section stand as large figures where all
// are short. Of a table beyond 50 rows the first 20 are shown and the others are folded, none is left out; on paper all
// are.
std::string to_html(const Report& report);

}  // namespace tabferry::report
