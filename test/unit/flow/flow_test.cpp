#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <stdexcept>
#include <thread>

#include "flow/resident.h"
#include "flow/signals.h"

namespace tabferry::flow {
namespace {

TEST(Resident, RunsEveryErrandOnOneThread) {
  std::thread::id first, second;
  std::thread([&] { run_on_resident_thread([&] { first = std::this_thread::get_id(); }); }).join();
  std::thread([&] { run_on_resident_thread([&] { second = std::this_thread::get_id(); }); }).join();
  EXPECT_EQ(first, second);
  EXPECT_NE(first, std::this_thread::get_id());
}

TEST(Resident, HandsOnWhatIsThrown) {
  EXPECT_THROW(run_on_resident_thread([] { throw std::runtime_error("x"); }), std::runtime_error);
  run_on_resident_thread([] {});
}

// In a child process, as the signals of the test program are not ours to block.
int exit_code_of(void (*body)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    body();
    ::_exit(99);
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

TEST(Signals, TheFirstAsksToStop) {
  EXPECT_EQ(exit_code_of([] {
              const auto stop = stop_on_signals();
              ::kill(::getpid(), SIGINT);
              while (!stop.stop_requested()) std::this_thread::yield();
              ::_exit(7);
            }),
            7);
}

TEST(Signals, TheSecondEndsAtOnce) {
  EXPECT_EQ(exit_code_of([] {
              const auto stop = stop_on_signals();
              ::kill(::getpid(), SIGTERM);
              while (!stop.stop_requested()) std::this_thread::yield();
              ::kill(::getpid(), SIGINT);
              for (;;) ::pause();
            }),
            130);
}

}  // namespace
}  // namespace tabferry::flow
