// How a child of ours is run, shown with the shell instead of the engine.
#include "hyper/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "base/error.h"
#include "base/fd.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "io/file.h"

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::UnorderedElementsAre;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;
constexpr milliseconds kLong{20'000};

class ChildProcess : public testing::Test {
 protected:
  const fs::path& folder() const { return folder_.path(); }
  Command shell(const std::string& script) const { return {"/bin/sh", {"-c", script}, folder(), folder() / "out"}; }

  // What the script prints, and that it succeeds.
  std::string words_of(const std::string& script) {
    Process process(shell(script));
    const auto status = process.wait_for_end(kLong);
    EXPECT_EQ(status, 0);
    return io::read_text(folder() / "out");
  }

  fs::path make_program(const std::string& bytes, mode_t mode) {
    const fs::path file = folder() / "program";
    std::ofstream(file) << bytes;
    EXPECT_EQ(::chmod(file.c_str(), mode), 0);
    return file;
  }

  std::string failure(const fs::path& program) {
    try {
      const Process process({program, {}, folder(), folder() / "out"});
      ADD_FAILURE() << "it was started";
    } catch (const base::Error& error) {
      EXPECT_EQ(error.kind(), base::ErrorKind::io);
      return error.what();
    }
    return "";
  }

 private:
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(ChildProcess, SeesNothingOfOurEnvironment) {
  ::setenv("TABFERRY_TEST_SECRET", "hunter2", 1);
  ::setenv("LD_BIND_NOW", "1", 1);
  Process process({"/usr/bin/env", {}, folder(), folder() / "out"});
  EXPECT_EQ(process.wait_for_end(kLong), 0);
  const std::string words = io::read_text(folder() / "out");
  EXPECT_THAT(base::split(base::trim(words), '\n'),
              UnorderedElementsAre("PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + folder().string(),
                                   "TMPDIR=" + folder().string(), "LANG=C.UTF-8"));
}

TEST_F(ChildProcess, WorksInItsFolderWithNothingToRead) {
  EXPECT_EQ(words_of("pwd; cat"), folder().string() + "\n");
}

TEST_F(ChildProcess, BothItsVoicesGoToThePrivateFile) {
  EXPECT_EQ(words_of("echo one; echo two >&2"), "one\ntwo\n");
  struct stat status{};
  ASSERT_EQ(::stat((folder() / "out").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(ChildProcess, InheritsNoDescriptorOfOurs) {
  const base::Fd leaked(::open("/dev/null", O_RDONLY));   // without O_CLOEXEC, as libraries do
  const base::Fd far(::fcntl(leaked.get(), F_DUPFD, 200));
  ASSERT_GE(far.get(), 200);
  const std::string words = words_of("for entry in /proc/$$/fd/*; do echo ${entry##*/}; done");
  for (const auto fd : base::split(base::trim(words), '\n'))
    EXPECT_THAT(std::string(fd), testing::AnyOf("0", "1", "2", "3")) << "3 is the folder that the shell is reading";
}

TEST_F(ChildProcess, IsInAGroupOfItsOwnSoThatATerminalsInterruptComesToUsOnly) {
  Process process(shell("sleep 20"));
  EXPECT_EQ(::getpgid(process.pid()), process.pid());
}

TEST_F(ChildProcess, HasNoSignalBlockedAndIgnoresOnlyTheFileSizeLimits) {
  ::signal(SIGPIPE, SIG_IGN);
  const std::string words = words_of("grep -E '^Sig(Blk|Ign)' /proc/self/status");
  EXPECT_THAT(words, HasSubstr("SigBlk:\t0000000000000000"));
  // Of the 31 signals that a program may set; a system's own (32 and up) can be ignored by what started the tests.
  const auto ignored = std::stoull(words.substr(words.find("SigIgn:") + 8), nullptr, 16);
  EXPECT_EQ(ignored & 0x7FFFFFFFU, 1U << (SIGXFSZ - 1));
}

TEST_F(ChildProcess, OutlivesTheThreadThatStartedIt) {
  std::unique_ptr<Process> process;
  std::thread([&] { process = std::make_unique<Process>(shell("echo up; sleep 20")); }).join();
  EXPECT_FALSE(process->wait_for_end(milliseconds(300))) << "the death signal came with the thread's end";
}

TEST_F(ChildProcess, EndsByItselfWithItsStatus) {
  Process process(shell("exit 3"));
  const auto status = process.wait_for_end(kLong);
  ASSERT_TRUE(status);
  EXPECT_EQ(words_for_status(*status), "exit status 3");
  EXPECT_EQ(process.wait_for_end(milliseconds(0)), status) << "asked again, it says the same";
  EXPECT_FALSE(process.alive());
}

TEST_F(ChildProcess, IsKilledWhereItDoesNotHear) {
  Process process(shell("trap '' TERM; echo deaf; while :; do sleep 0.01; done"));
  while (!fs::exists(folder() / "out") || io::read_text(folder() / "out").empty()) ASSERT_TRUE(process.alive());
  process.end(milliseconds(50));
  const auto status = process.wait_for_end(milliseconds(0));
  ASSERT_TRUE(status);
  EXPECT_THAT(words_for_status(*status), HasSubstr("signal 9 (the system kills the largest process when memory runs out)"));
}

TEST_F(ChildProcess, AFileWithoutTheExecuteBitNamesTheCure) {
  EXPECT_THAT(failure(make_program("#!/bin/sh\n", 0644)), HasSubstr("chmod +x"));
}

TEST_F(ChildProcess, AFileThatIsNoProgramForThisMachineIsSaid) {
  EXPECT_THAT(failure(make_program("this is not a program\n", 0755)), HasSubstr("no program for this machine"));
}

TEST_F(ChildProcess, AProgramWithoutItsLoaderIsSaid) {
  EXPECT_THAT(failure(make_program("#!/nonexistent/loader\n", 0755)), HasSubstr("glibc"));
  EXPECT_THAT(failure(folder() / "absent"), HasSubstr("it is not there"));
}

}  // namespace
}  // namespace tabferry::hyper
