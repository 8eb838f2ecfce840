// A child process of ours (the engine): its own process group, a log file for its words, nothing of our environment, and
// never alive longer than we are. Any thread may call any member but start().
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace tabferry::hyper {

struct Command {
  std::filesystem::path program;        // absolute
  std::vector<std::string> arguments;   // without the program's name; no secrets: every user can read them
  std::filesystem::path folder;         // private; the child's working folder, HOME and TMPDIR
  std::filesystem::path output;         // gets its stdout and stderr, in place of what was there
};

class Process {
 public:
  // Forks and executes on the resident thread (flow/resident.h), so that the child ends when the program does.
  // Throws Error{io} with the cure where the program cannot be executed.
  explicit Process(const Command& command);
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();   // end() with a grace of 3 s

  pid_t pid() const { return pid_; }
  bool alive() { return !wait_for_end(std::chrono::milliseconds(0)); }
  // How it ended (a status of waitpid(2)), waiting for it at most that long.
  std::optional<int> wait_for_end(std::chrono::milliseconds at_most);
  // SIGTERM, and SIGKILL after the grace; it is reaped behind this. May be called twice.
  void end(std::chrono::milliseconds grace);

 private:
  std::optional<int> reap_if_ended();
  void send(int signal_number);

  pid_t pid_ = -1;
  std::mutex mutex_;                // guards ended_: a pid is reaped once, and gets no signal behind that
  std::optional<int> ended_;
};

// "signal 9 (the system kills the largest process when memory runs out)", "exit status 1".
std::string words_for_status(int status);

// What the child can wait for without being told: pauses that long, at most 100 ms.
void pause_for(std::chrono::milliseconds duration);

}  // namespace tabferry::hyper
