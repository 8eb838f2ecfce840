// CSV in the wild -> canonical bytes for the engine.
//
// The scanner sees every byte (RFC 4180 with the variations below) and hands on what Hyper's COPY reads the same way:
// one record a line, no header, no BOM, no blank lines, "\n" at the end of every record, the file column appended.
// What Hyper would misread in silence is refused here, with its place (tried on tableauhyperapi 0.0.26963; check.h has
// the rules by type): "1,234" and "(5)" and "5%" as numbers, 01/02/2024 or 20240102 or 2024-001 as dates, a time of day
// in a date column, a zone other than Z/+00 in a timestamp, "1e400" as Infinity, a quote inside an unquoted field, bytes
// behind a closing quote, NUL bytes. Whole numbers are digits only ("1.0" is refused).
// What Hyper refuses by itself (overflow, UTF-8, varchar too long, 2024-02-30) is left to it: it names the record, and
// find_record() finds its place in the file.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "io/byte_source.h"
#include "table/schema.h"

namespace tabferry::csv {

struct Dialect {
  char delimiter = ',';
  char quote = '"';
  bool header = true;        // the first record of each file names its columns
  bool check_header = true;  // header names must equal the columns' (case ignored), in order; where false (the
                             // sample's way), other names are a warning, the same names in another order an error
  std::string null_string;   // an unquoted field with these bytes is NULL; a quoted one never is
};

// How the files of one table are read.
struct Format {
  Dialect dialect;
  std::vector<table::Column> columns;  // of the files; the file column is not among them
  bool file_column = false;            // append one more field: the file's name
};

// What one file held.
struct FileStats {
  uint64_t size_bytes = 0;
  uint64_t records = 0;      // handed on; the header not counted
  uint64_t blank_lines = 0;  // skipped
  std::vector<std::string> warnings;
};

// Where a record's field stands in its file.
struct Place {
  uint64_t line = 0;  // from 1, physical lines; of the field's first byte
  size_t column = 0;  // from 1
  std::string column_name;
  std::string value;  // unquoted, at most 200 bytes of it
};

// Takes a block of canonical bytes (any size, cut anywhere) and is told how many records of the file were handed on by
// then, for a progress display. False: it wants no more, and rewrite() ends early without
// error.
using Output = std::function<bool(std::string_view bytes, uint64_t records)>;

// Reads one file to its end and hands its records on. `name` is the file's URL: in errors, and in the file column.
// Blank lines are skipped and counted, in files of one column too: write "" there for an empty field.
// Memory: a few blocks (1 MiB), and up to four times the longest record (one of more than 64 MiB is refused).
// Throws Error{corrupt} "NAME: line 7, column 3 (amount): '1,234' has a thousands mark ...: CURE" for bad data,
// Error{cancelled} when `stop` is requested, and what the source throws.
FileStats rewrite(io::ByteSource& file, const Format& format, std::string_view name, const Output& output,
                  std::stop_token stop);

// Reads the file again and finds the field `column` (from 1; 0 for the record as a whole) of its record number `record`
// (from 1, as rewrite() counted). Absent where the file ends before.
std::optional<Place> find_record(io::ByteSource& file, const Format& format, std::string_view name, uint64_t record,
                                 size_t column);

// Reads a header file: CSV in UTF-8 (BOM allowed), comma; first record the column names, second their types
// (table::parse_type). Throws Error{config} with the file's name: not two records, a count that differs, an empty or
// repeated name (case ignored), an unknown type (which column).
std::vector<table::Column> read_header_file(io::ByteSource& file, std::string_view name);

}  // namespace tabferry::csv
