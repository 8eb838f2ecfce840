// The result of a command, on stdout.
#pragma once

#include <iosfwd>
#include <iostream>

#include "app/command_end.h"
#include "cli/terminal.h"

namespace tabferry::cli {

// One JSON line on stdout, or the text to `text_out`; gives the exit code. The terminal's bar is gone before.
int print(const app::CommandEnd& end, bool json, Terminal& terminal, std::ostream& text_out = std::cout);
// report::to_json(), and when that was: "ended_at" ("2026-11-22T10:15:00Z"), "seconds" since the command began.
void print_json(const report::Report& report);

// The columns of the text on stdout: $COLUMNS, else the terminal's; 0 where it is no terminal.
size_t text_columns();

// Whether the far side of stdout has gone away, as `head` does when it has seen enough.
bool reader_has_gone();

}  // namespace tabferry::cli
