// A file being written, on file systems with and without nameless files.
#include "io/file_sink.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>

#include "base/error.h"
#include "base/hash.h"
#include "base/tempdir.h"
#include "io/file.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::io {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FileSinkTest : public testing::TestWithParam<bool> {
 protected:
  FileSinkTest() { fs::create_directory(folder_); }

  FileSinkOptions options(bool replace = true, unsigned mode = 0644) const {
    return {.replace = replace, .mode = mode, .nameless = GetParam()};
  }
  std::vector<std::string> names() const {
    std::vector<std::string> found;
    for (const auto& entry : fs::directory_iterator(folder_)) found.push_back(entry.path().filename());
    std::sort(found.begin(), found.end());
    return found;
  }
  fs::path passing_name() const {
    return folder_ / (std::string(kPassingPrefix) + base::sha256_hex("a").substr(0, 16));
  }
  static void write_file(const fs::path& path, std::string_view bytes) {
    std::ofstream(path, std::ios::binary) << bytes;
  }
  static ErrorKind kind_of(const std::function<void()>& step) {
    try {
      step();
    } catch (const base::Error& error) {
      return error.kind();
    }
    return ErrorKind::usage;   // of no sink
  }

  base::TempDir temp_{base::default_temp_parent()};
  fs::path folder_ = temp_.path() / "out";
  fs::path file_ = folder_ / "a";
};

TEST_P(FileSinkTest, IsThereOnlyWhenCommitted) {
  write_file(file_, "an older one");
  FileSink sink(file_, options());
  sink.write("wh");
  sink.write("ole");
  EXPECT_EQ(read_text(file_), "an older one");
  sink.commit();
  EXPECT_EQ(read_text(file_), "whole");
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_P(FileSinkTest, LeavesNothingWhenItIsDropped) {
  FileSink(file_, options()).write("x");
  EXPECT_THAT(names(), IsEmpty());
}

TEST_P(FileSinkTest, MayBeWrittenFromAnywhere) {
  FileSink sink(file_, options());
  ASSERT_EQ(::pwrite(sink.fd(), "ole", 3, 2), 3);
  ASSERT_EQ(::pwrite(sink.fd(), "wh", 2, 0), 2);
  char back[5];
  ASSERT_EQ(::pread(sink.fd(), back, 5, 0), 5);
  sink.commit();
  EXPECT_EQ(read_text(file_), "whole");
}

TEST_P(FileSinkTest, DoesNotReplaceWhereItMayNot) {
  FileSink first(file_, options(false)), second(file_, options(false));
  first.write("first");
  second.write("second");
  first.commit();
  EXPECT_EQ(kind_of([&] { second.commit(); }), ErrorKind::conflict);
  EXPECT_EQ(read_text(file_), "first");
}

TEST_P(FileSinkTest, OneOfManyCreatorsWins) {
  for (int round = 0; round < 20; ++round) {
    const fs::path file = folder_ / std::to_string(round);
    std::atomic<int> wins = 0, refusals = 0;
    {
      std::vector<std::jthread> creators;
      for (int i = 0; i < 4; ++i)
        creators.emplace_back([&] {
          FileSink sink(file, options(false));
          sink.write("x");
          try {
            sink.commit();
            ++wins;
          } catch (const base::Error& error) {
            if (error.kind() == ErrorKind::conflict) ++refusals;
          }
        });
    }
    ASSERT_EQ(wins, 1);
    ASSERT_EQ(refusals, 3);
  }
  EXPECT_EQ(names().size(), 20U);
}

TEST_P(FileSinkTest, ManyWritersOfOneFileLeaveOneWholeFile) {
  {
    std::vector<std::jthread> writers;
    for (char letter = 'a'; letter < 'e'; ++letter)
      writers.emplace_back([this, letter] {
        for (int i = 0; i < 20; ++i) {
          FileSink sink(file_, options());
          sink.write(std::string(1000, letter));
          sink.commit();
        }
      });
  }
  const std::string bytes = read_text(file_);
  EXPECT_EQ(bytes, std::string(1000, bytes[0]));
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_P(FileSinkTest, HasTheModeThatWasAskedForLessTheUmask) {
  const mode_t before = ::umask(027);
  for (const auto& [asked, expected] : {std::pair{0644U, 0640U}, {0600U, 0600U}}) {
    FileSink sink(file_, options(true, asked));
    sink.commit();
    struct stat status{};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, expected);
  }
  EXPECT_EQ(::umask(before), 027U) << "nobody else's business was touched";
}

TEST_P(FileSinkTest, RemovesWhatAKilledWriterOfTheSameFileLeft) {
  write_file(file_, "old");
  write_file(passing_name(), "left by a killed run");
  FileSink sink(file_, options());
  sink.write("new");
  sink.commit();
  EXPECT_EQ(read_text(file_), "new");
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_P(FileSinkTest, LeavesThePassingFileOfALivingWriterAlone) {
  write_file(file_, "old");
  write_file(passing_name(), "being written");
  const base::Fd theirs(::open(passing_name().c_str(), O_RDWR | O_CLOEXEC));
  ASSERT_EQ(::flock(theirs.get(), LOCK_EX), 0);
  FileSink sink(file_, options());
  sink.commit();
  EXPECT_EQ(read_text(passing_name()), "being written");
  EXPECT_EQ(read_text(file_), "");
}

TEST_P(FileSinkTest, SaysWhatItCannotMake) {
  try {
    FileSink(folder_ / "none" / "a", options());
    FAIL() << "there is no such folder";
  } catch (const base::Error& error) {
    EXPECT_EQ(error.kind(), ErrorKind::io);
    EXPECT_THAT(error.what(), HasSubstr("none/a"));
  }
}

TEST_P(FileSinkTest, AFailedCommitLeavesNothing) {
  fs::create_directories(file_ / "full");   // a rename over a folder fails
  EXPECT_EQ(kind_of([&] { FileSink(file_, options()).commit(); }), ErrorKind::io);
  EXPECT_EQ(kind_of([&] { FileSink(file_, options(false)).commit(); }), ErrorKind::conflict);
  EXPECT_THAT(names(), ElementsAre("a"));
}

TEST_P(FileSinkTest, WritesToTheFolderInWhichWeStand) {
  const fs::path before = fs::current_path();
  fs::current_path(folder_);
  FileSink sink("a", options());
  sink.write("x");
  sink.commit();
  fs::current_path(before);
  EXPECT_EQ(read_text(file_), "x");
}

// A writer that is killed in mid-write.
TEST_P(FileSinkTest, AKilledWriterLeavesTheOldFileAndNothingThatIsSeen) {
  write_file(file_, "old");
  int ready[2];
  ASSERT_EQ(::pipe(ready), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    FileSink sink(file_, options());
    sink.write("new");
    [[maybe_unused]] const ssize_t told = ::write(ready[1], "x", 1);
    for (;;) ::pause();
  }
  char byte = 0;
  ASSERT_EQ(::read(ready[0], &byte, 1), 1);
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  ::close(ready[0]);
  ::close(ready[1]);
  EXPECT_EQ(read_text(file_), "old");
  for (const auto& name : names())
    EXPECT_TRUE(name == "a" || (!GetParam() && name.starts_with(kPassingPrefix))) << name;
  FileSink next(file_, options());
  next.commit();
  EXPECT_THAT(names(), ElementsAre("a")) << "the next writer clears up";
}

INSTANTIATE_TEST_SUITE_P(Both, FileSinkTest, testing::Bool(),
                         [](const auto& one) { return one.param ? "Nameless" : "Named"; });

}  // namespace
}  // namespace tabferry::io
