// index.csv: one row an item and the key that holds it, for people with a spreadsheet and no tabferry. RFC 4180; UTF-8
// with a byte order mark, for Excel takes a file without one for the machine's old code page; a cell that a spreadsheet
// would run as a formula begins with an apostrophe. Private to this room.
#pragma once

#include <string>
#include <string_view>

#include "backup/manifest.h"
#include "io/byte_sink.h"

namespace tabferry::backup {

// Of the entries, and of the files that the manifest has by now (metadata).
void write_index_csv(const Manifest& manifest, io::ByteSink& sink);

// One cell, quoted where it must be.
std::string csv_cell(std::string_view text);

}  // namespace tabferry::backup
