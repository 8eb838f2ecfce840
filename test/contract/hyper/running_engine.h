// A real engine for a test, and the few words that tests say to it. Where hyperd is not found the test fails with the
// places that were tried.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/tempdir.h"
#include "hyper/engine.h"
#include "hyper/session.h"

namespace tabferry::hyper {

struct RunningEngine {
  base::TempDir folder{base::default_temp_parent()};
  Engine engine = Engine::start({.program = find_engine(""), .folder = folder.path()}, {});

  std::string file(const std::string& name) const { return (folder.path() / name).string(); }
};

inline table::Table make_table(const std::string& name, const std::vector<std::pair<std::string, std::string>>& columns) {
  table::Table table{.name = {.name = name}};
  for (const auto& [column, type] : columns) table.columns.push_back({column, table::parse_type(type), true});
  return table;
}

// One COPY of the whole text.
inline CopyResult load(Session& session, const table::Table& table, const std::string& csv, const CopyOptions& options = {}) {
  auto copy = session.copy_in(table, options);
  copy.write(csv);
  return copy.finish();
}

template <class Action>
base::Error error_of(const Action& action) {
  try {
    action();
  } catch (const base::Error& error) {
    return error;
  }
  ADD_FAILURE() << "nothing was thrown";
  return {base::ErrorKind::bug, "nothing was thrown"};
}

// Rows 1 to `rows`: a text of about 90 bytes that does not repeat, and the row's number.
inline std::string many_rows(uint64_t first, uint64_t rows) {
  std::string csv;
  uint64_t state = first * 2654435761U + 1;
  for (uint64_t row = first; row < first + rows; ++row) {
    for (int word = 0; word < 4; ++word) {
      state = state * 6364136223846793005U + 1442695040888963407U;
      csv += std::to_string(state);
    }
    csv += "," + std::to_string(row) + "\n";
  }
  return csv;
}

inline table::Table many_rows_table() { return make_table("many", {{"words", "text"}, {"row", "bigint"}}); }

}  // namespace tabferry::hyper
