// The Hyper engine (hyperd) as a child process of ours, and where to find it.
//
// It listens on a Unix socket in a private folder; there is no password, so the folder's 0700 is the lock. It is killed
// with us, even by SIGKILL (PR_SET_PDEATHSIG), and sees none of our environment (secrets). Its date style is a strict
// year-month-day: left alone it reads 01/02/2024 as 2 January without a word. Source of the command line: tried against
// tableauhyperapi 0.0.26963.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>

namespace tabferry::hyper {

class Session;

struct EngineOptions {
  std::filesystem::path program;    // the hyperd to run; see find_engine()
  std::filesystem::path folder;     // a private folder that exists: logs go below it, and the socket where its path is
                                    // short enough (107 bytes; else it goes into a private folder in /tmp)
  std::chrono::milliseconds start_timeout{30'000};
};

// Finds hyperd: `flag` (--engine) if given, else $TABFERRY_HYPERD, else beside our own binary (hyperd, hyper/hyperd,
// ../lib/tabferry/hyper, the checkout's .deps), else in an installed tableauhyperapi wheel ($VIRTUAL_ENV, the python3 on
// the PATH, ~/.local, the system's; no python is run). The first two may name the program or a folder that holds it
// (itself, or as the unpacked wheel does). The answer is absolute.
// Throws Error{not_found} with the places that were tried and how to get it; a named place without it is an error too.
std::filesystem::path find_engine(const std::string& flag);

// Owned by one thread at a time. Dies with its process, not with the thread that started it.
class Engine {
 public:
  // Starts hyperd and waits until it accepts a connection. Throws Error{io} with the tail of its log, Error{cancelled}.
  static Engine start(const EngineOptions& options, std::stop_token stop);
  Engine(Engine&&) noexcept;
  Engine& operator=(Engine&&) noexcept;
  ~Engine();   // ends the process; waits for it at most 3 seconds, then kills it

  // A new connection. Sessions must die before the engine does; in threads of their own if need be.
  Session connect(std::stop_token stop) const;
  int pid() const;
  bool alive() const;
  uint64_t peak_memory_bytes() const;   // VmHWM of the process; 0 once it is gone
  std::string version() const;          // for reports: "tableauhyperapi 0.0.26963", or hyperd's own where no wheel tells

 private:
  struct State;
  explicit Engine(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

struct Verdict {
  bool valid = false;
  std::string words;   // the engine's own
};

// What `hyperd validate` says of an extract. `folder` is a private one that exists: logs go there.
// Throws Error{io} where hyperd cannot be run or dies, Error{cancelled}.
Verdict validate(const std::filesystem::path& program, const std::filesystem::path& file, const std::filesystem::path& folder,
                 std::stop_token stop);

}  // namespace tabferry::hyper
