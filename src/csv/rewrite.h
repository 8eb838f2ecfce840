// rewrite() with blocks of any size: for tests, which cut their files everywhere.
#pragma once

#include "csv/csv.h"

namespace tabferry::csv {

FileStats rewrite_in_blocks(io::ByteSource& file, const Format& format, std::string_view name, const Output& output,
                            std::stop_token stop, size_t block_bytes);

}  // namespace tabferry::csv
