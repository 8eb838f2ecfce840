// A real engine for a test, and the few words that tests say to it. Where hyperd is not found the test fails with the
// places that were tried.
#pragma once

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <thread>
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

// Whether every thread of the process stands still, by the letter behind its name (man 5 proc).
inline bool stands_still(int pid) {
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task");
  return std::ranges::all_of(threads, [](const auto& thread) {
    std::ifstream file(thread.path() / "stat");
    const std::string text{std::istreambuf_iterator<char>(file), {}};
    const size_t name_ends = text.rfind(") ");
    return name_ends == std::string::npos || text[name_ends + 2] == 'T';   // no text: a thread that has just ended
  });
}

// Stops the engine and returns when it has stopped: the signal alone is only sent, and a thread at work goes on meanwhile.
inline void hold(const Engine& engine) {
  ::kill(engine.pid(), SIGSTOP);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
  while (!stands_still(engine.pid()) && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  EXPECT_TRUE(stands_still(engine.pid()));
}

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
