// The engine as a child: it comes up, says why where it does not, and never outlives us.
#include <gmock/gmock.h>
#include <signal.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <thread>

#include "contract/hyper/running_engine.h"

namespace fs = std::filesystem;
using testing::HasSubstr;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Rows = std::vector<std::vector<std::optional<std::string>>>;

bool is_gone(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(stat, line)) return true;
  return line.substr(line.rfind(')') + 2, 1) == "Z";   // dead, where nobody reaps orphans
}

bool becomes_true(const std::function<bool()>& condition, milliseconds at_most = milliseconds(20'000)) {
  const auto deadline = steady_clock::now() + at_most;
  while (!condition())
    if (steady_clock::now() >= deadline) return false;
  return true;
}

TEST(EngineStart, AnswersAndTellsItsVersionAndItsMemory) {
  const RunningEngine running;
  EXPECT_EQ(running.engine.connect({}).query("SELECT 1, NULL, 'a'"), (Rows{{"1", std::nullopt, "a"}}));
  EXPECT_TRUE(running.engine.alive());
  EXPECT_THAT(running.engine.version(), testing::MatchesRegex("(tableauhyperapi|hyperd) .*0\\.0\\.[0-9]+.*"));
  EXPECT_GT(running.engine.peak_memory_bytes(), 10'000'000U);
}

TEST(EngineStart, EndsWithItsOwnerAndLeavesNothing) {
  const base::TempDir folder(base::default_temp_parent());
  int pid = 0;
  {
    const auto engine = Engine::start({.program = find_engine(""), .folder = folder.path()}, {});
    pid = engine.pid();
    EXPECT_FALSE(is_gone(pid));
  }
  EXPECT_TRUE(is_gone(pid));
  for (const auto& entry : fs::directory_iterator(folder.path())) EXPECT_EQ(entry.path().filename(), ".lock");
}

TEST(EngineStart, ItsFolderIsThePrivateLock) {
  const RunningEngine running;
  for (const auto& entry : fs::directory_iterator(running.folder.path())) {
    if (!entry.is_directory()) continue;
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0700U);
  }
}

TEST(EngineStart, SeesNothingOfOurEnvironment) {
  ::setenv("TABFERRY_TEST_SECRET", "hunter2", 1);
  const RunningEngine running;
  std::ifstream environment("/proc/" + std::to_string(running.engine.pid()) + "/environ");
  const std::string words{std::istreambuf_iterator<char>(environment), {}};
  EXPECT_THAT(words, HasSubstr("LANG=C.UTF-8"));
  EXPECT_THAT(words, testing::Not(HasSubstr("TABFERRY")));
}

TEST(EngineStart, OurPostgresEnvironmentDoesNotMisleadUs) {
  for (const auto* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGOPTIONS", "PGTZ"}) ::setenv(name, "192.0.2.1", 1);
  ::setenv("PGSSLMODE", "verify-full", 1);
  ::setenv("PGCHANNELBINDING", "require", 1);
  const RunningEngine running;
  EXPECT_EQ(running.engine.connect({}).query("SHOW timezone"), (Rows{{"UTC"}}));
  for (const auto* name : {"PGHOST", "PGHOSTADDR", "PGPORT", "PGDATABASE", "PGUSER", "PGOPTIONS", "PGTZ", "PGSSLMODE", "PGCHANNELBINDING"})
    ::unsetenv(name);
}

TEST(EngineStart, TwoAtOnceInOneFolder) {
  const RunningEngine first;
  const auto second = Engine::start({.program = find_engine(""), .folder = first.folder.path()}, {});
  EXPECT_NE(first.engine.pid(), second.pid());
  EXPECT_EQ(first.engine.connect({}).query("SELECT 1"), (Rows{{"1"}}));
  EXPECT_EQ(second.connect({}).query("SELECT 2"), (Rows{{"2"}}));
}

TEST(EngineStart, AFolderThatASocketCannotHaveIsNoMatter) {
  const base::TempDir parent(base::default_temp_parent());
  for (const auto& name : {std::string(150, 'l'), std::string("comma, space ü")}) {
    const fs::path folder = parent.path() / name;
    fs::create_directory(folder);
    const auto engine = Engine::start({.program = find_engine(""), .folder = folder}, {});
    Session session = engine.connect({});
    session.create_database((folder / "x.hyper").string());
    session.detach();
    EXPECT_TRUE(fs::exists(folder / "x.hyper"));
  }
}

TEST(EngineStart, OutlivesTheThreadThatStartedIt) {
  const base::TempDir folder(base::default_temp_parent());
  std::unique_ptr<Engine> engine;
  std::thread([&] {
    engine = std::make_unique<Engine>(Engine::start({.program = find_engine(""), .folder = folder.path()}, {}));
  }).join();
  for (int i = 0; i < 100; ++i) EXPECT_EQ(engine->connect({}).query("SELECT 1"), (Rows{{"1"}}));
  EXPECT_TRUE(engine->alive());
}

// In the test's own child: starts an engine, writes its pid into `file` and waits to be killed.
[[noreturn]] void host_an_engine(const fs::path& file) {
  const RunningEngine running;
  std::ofstream(file.string() + ".part") << running.engine.pid();
  fs::rename(file.string() + ".part", file);
  for (;;) ::pause();
}

TEST(EngineStart, DiesWithUsThoughWeAreKilled) {
  if (const char* file = std::getenv("TABFERRY_TEST_HOST")) host_an_engine(file);
  const base::TempDir folder(base::default_temp_parent());
  const std::string host = "TABFERRY_TEST_HOST=" + (folder.path() / "pid").string();
  std::vector<std::string> arguments{"/proc/self/exe", "--gtest_filter=EngineStart.DiesWithUsThoughWeAreKilled"};
  char* argv[] = {arguments[0].data(), arguments[1].data(), nullptr};
  std::vector<std::string> variables{host, "TMPDIR=" + folder.path().string(), "TABFERRY_HYPERD=" + find_engine("").string()};
  char* envp[] = {variables[0].data(), variables[1].data(), variables[2].data(), nullptr};
  pid_t child = -1;
  ASSERT_EQ(::posix_spawn(&child, "/proc/self/exe", nullptr, nullptr, argv, envp), 0);
  ASSERT_TRUE(becomes_true([&] { return fs::exists(folder.path() / "pid") || ::waitpid(child, nullptr, WNOHANG) != 0; }));
  int engine = 0;
  std::ifstream(folder.path() / "pid") >> engine;
  ASSERT_GT(engine, 0) << "the child did not start an engine";
  EXPECT_FALSE(is_gone(engine));
  ::kill(child, SIGKILL);
  ::waitpid(child, nullptr, 0);
  EXPECT_TRUE(becomes_true([&] { return is_gone(engine); })) << "hyperd " << engine << " outlives its parent";
}

// ---- engines that do not come up: scripts in the place of hyperd ----

class FailingEngine : public testing::Test {
 protected:
  EngineOptions options(const std::string& script, milliseconds timeout = milliseconds(20'000)) {
    const fs::path program = folder_.path() / "hyperd";
    std::ofstream(program) << "#!/bin/sh\n" << script << "\n";
    ::chmod(program.c_str(), 0755);
    return {.program = program, .folder = folder_.path(), .start_timeout = timeout};
  }
  base::Error failure(const EngineOptions& options, std::stop_token stop = {}) {
    return error_of([&] { Engine::start(options, stop); });
  }
  const fs::path& folder() const { return folder_.path(); }

 private:
  base::TempDir folder_{base::default_temp_parent()};
};

TEST_F(FailingEngine, OneThatEndsAtOnceIsQuoted) {
  const auto error = failure(options("echo 'LogFile: x'; echo 'libfoo.so.6: cannot open shared object file' >&2; exit 127"));
  EXPECT_EQ(error.kind(), base::ErrorKind::io);
  EXPECT_THAT(error.what(), HasSubstr("it ended at once with exit status 127"));
  EXPECT_THAT(error.what(), HasSubstr("Its last words: 'libfoo.so.6: cannot open shared object file'"));
  EXPECT_THAT(error.what(), HasSubstr("pip install"));
}

TEST_F(FailingEngine, OneThatNeverListensIsGivenUpAndEnded) {
  const auto error = failure(options("echo $$ > pid; echo thinking; while :; do sleep 0.05; done", milliseconds(400)));
  EXPECT_EQ(error.kind(), base::ErrorKind::io);
  EXPECT_THAT(error.what(), HasSubstr("it accepts no connection after 400 ms"));
  EXPECT_THAT(error.what(), HasSubstr("'thinking'"));
  EXPECT_EQ(std::distance(fs::directory_iterator(folder()), {}), 2) << "only the program and the lock are left";
}

TEST_F(FailingEngine, AStopWhileItStartsIsObeyed) {
  std::stop_source source;
  std::jthread user([&] { source.request_stop(); });
  EXPECT_EQ(failure(options("while :; do sleep 0.05; done"), source.get_token()).kind(), base::ErrorKind::cancelled);
}

TEST_F(FailingEngine, AProgramThatIsNotThereIsNamed) {
  const auto error = failure({.program = "/nonexistent/hyperd", .folder = folder()});
  EXPECT_EQ(error.kind(), base::ErrorKind::not_found);
  EXPECT_THAT(error.what(), HasSubstr("/nonexistent/hyperd"));
}

TEST_F(FailingEngine, AValidationThatCannotRunIsNoVerdict) {
  const auto verdict = [&](const std::string& script, std::stop_token stop = {}) {
    return validate(options(script).program, "/nonexistent", folder(), stop);
  };
  EXPECT_EQ(error_of([&] { verdict("kill -9 $$"); }).kind(), base::ErrorKind::io);
  EXPECT_FALSE(verdict("echo 'The file x.hyper could not be validated: x is valid.'").valid);
  EXPECT_FALSE(verdict("echo 'The file x.hyper is valid.'; exit 1").valid);
  EXPECT_FALSE(verdict("true").valid);
  std::stop_source source;
  source.request_stop();
  EXPECT_EQ(error_of([&] { verdict("sleep 20", source.get_token()); }).kind(), base::ErrorKind::cancelled);
}

}  // namespace
}  // namespace tabferry::hyper
