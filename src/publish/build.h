// Files -> one extract, by the engine. One COPY a table, over all of its files; nothing is copied to disk first.
#pragma once

#include <filesystem>
#include <stop_token>
#include <string>
#include <vector>

#include "hyper/session.h"
#include "publish/files.h"
#include "publish/plan.h"
#include "report/reporter.h"

namespace tabferry::publish {

struct LoadedTable {
  table::TableName name;
  size_t files = 0;
  uint64_t size_bytes = 0;  // of the files as they are stored
  uint64_t rows = 0;
  uint64_t blank_lines = 0;
  store::Compared compared;              // what the store kept checksums of
  std::vector<std::string> empty_files;  // URLs of files without a record
  std::vector<std::string> warnings;     // of the scanner
};

// Loads every table of the plan into a new extract at `file` (an absolute path). When it returns the extract is flushed
// and detached. Throws Error{corrupt} for bad data, with object, line, column and value; Error{refused} where a table
// got no row at all; Error{conflict} where a file is not the one that was listed. What is at `file` then is garbage.
// `first_files` are those of the first table: they may have been on their way since before the engine was up.
std::vector<LoadedTable> build_extract(hyper::Session& session, const Plan& plan, Files& first_files,
                                       const std::filesystem::path& file, report::Reporter& reporter,
                                       std::stop_token stop);

}  // namespace tabferry::publish
