// exec:COMMAND: a command of the configuration's author, with the report on its standard input.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>

#include "app/notice.h"
#include "base/error.h"
#include "base/fd.h"
#include "base/text.h"

using tabferry::base::ErrorKind;

namespace tabferry::app {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::array kPassedOn = {"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ", "TMPDIR"};
constexpr const char* kUsualPath = "/usr/local/bin:/usr/bin:/bin";
constexpr size_t kMaxSaid = 1000;
constexpr int kLookMs = 50;
constexpr milliseconds kGrace{2'000};

// A file without a name that holds it, at its start: the command may read it at its own pace, or not at all.
base::Fd file_of(const std::string& text) {
  base::Fd file(::memfd_create("tabferry-report", MFD_CLOEXEC));
  if (!file) base::fail_errno(errno, "making room for the report");
  for (size_t at = 0; at < text.size();) {
    const ssize_t n = ::write(file.get(), text.data() + at, text.size() - at);
    if (n < 0 && errno != EINTR) base::fail_errno(errno, "writing the report");
    if (n > 0) at += static_cast<size_t>(n);
  }
  ::lseek(file.get(), 0, SEEK_SET);
  return file;
}

std::vector<std::string> variables_of(const Notice& notice, const Environment& environment) {
  std::vector<std::string> variables;
  for (const char* const name : kPassedOn)
    if (const auto value = environment(name)) variables.push_back(fmt::format("{}={}", name, *value));
  if (!environment("PATH")) variables.push_back(fmt::format("PATH={}", kUsualPath));
  const auto add = [&](std::string_view name, std::string value) {
    std::erase(value, '\0');
    variables.push_back(fmt::format("TABFERRY_{}={}", name, value));
  };
  add("TEXT", notice.text);
  add("STATUS", notice.status);
  add("COMMAND", notice.command);
  add("SITE", notice.site);
  add("SNAPSHOT", notice.snapshot);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

struct Files {
  int input, output;
};

// Its own process group, so that it can be ended with what it started; no descriptor of ours but the three; signals as
// a new program expects them (we ignore SIGPIPE). It need not die with us: a last word may still go out.
pid_t spawn(const std::string& command, const std::filesystem::path& folder, std::vector<std::string> variables,
            const Files& files) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  posix_spawn_file_actions_addchdir_np(&actions, folder.c_str());
  posix_spawn_file_actions_adddup2(&actions, files.input, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, files.output, STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, files.output, STDERR_FILENO);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  for (const int number : {SIGPIPE, SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGCHLD, SIGXFSZ}) sigaddset(&usual, number);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  std::vector<std::string> arguments{"sh", "-c", command};
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, "/bin/sh", &actions, &attributes, pointers(arguments).data(),
                                  pointers(variables).data());
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) base::fail_errno(error, "starting /bin/sh for the command");
  return pid;
}

// A command under way, and the first of what it says.
class Running {
 public:
  Running(pid_t pid, base::Fd said) : pid_(pid), pipe_(std::move(said)) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() {
    if (!status_) end();
  }

  // How it ended (a status of waitpid(2)); absent where it did not within `limit`, or `stop` was requested.
  std::optional<int> wait(milliseconds limit, const std::stop_token& stop) {
    const auto deadline = steady_clock::now() + limit;
    while (!ended() && steady_clock::now() < deadline && !stop.stop_requested()) listen(kLookMs);
    listen(0);
    return status_;
  }

  // SIGTERM to its group, and SIGKILL where that does not do.
  void end() {
    ::kill(-pid_, SIGTERM);
    if (!wait(kGrace, {})) ::kill(-pid_, SIGKILL);
    while (!ended()) listen(kLookMs);
  }

  const std::string& said() const { return said_; }

 private:
  bool ended() {
    if (status_) return true;
    int status = 0;
    const pid_t reaped = ::waitpid(pid_, &status, WNOHANG);
    if (reaped == pid_) status_ = status;
    if (reaped < 0 && errno != EINTR) status_ = 0;  // reaped by someone else: how is unknown
    return status_.has_value();
  }

  // Something it started may hold the pipe open for ever, so its end is not waited for.
  void listen(int at_most_ms) {
    pollfd waiting{.fd = pipe_ ? pipe_.get() : -1, .events = POLLIN, .revents = 0};
    if (::poll(&waiting, 1, at_most_ms) <= 0) return;
    char block[4096];
    const ssize_t n = ::read(pipe_.get(), block, sizeof block);
    if (n == 0) pipe_.reset();
    if (n > 0) said_.append(block, std::min(static_cast<size_t>(n), kMaxSaid - std::min(kMaxSaid, said_.size())));
  }

  const pid_t pid_;
  base::Fd pipe_;
  std::optional<int> status_;
  std::string said_;
};

std::string words_for(int status) {
  return WIFSIGNALED(status) ? fmt::format("was ended by signal {}", WTERMSIG(status))
                             : fmt::format("ended with code {}", WEXITSTATUS(status));
}

}  // namespace

void run_command(const base::Secret& command, const Notice& notice, const std::filesystem::path& folder,
                 const Environment& environment, const Delivery& delivery, std::stop_token stop) {
  const auto input = file_of(notice.report);
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) base::fail_errno(errno, "making a pipe for the command");
  base::Fd reader(ends[0]), writer(ends[1]);
  Running running(spawn(command.reveal(), folder, variables_of(notice, environment), {input.get(), writer.get()}),
                  std::move(reader));
  writer.reset();
  const auto status = running.wait(delivery.command_limit, stop);
  const std::string said = base::trim(running.said()).empty()
                               ? ""
                               : ": it said " + base::quoted(base::trim(running.said()), 400);
  if (!status && stop.stop_requested()) base::fail_cancelled("running the command");
  if (!status)
    base::fail(ErrorKind::io, "the command was not done within {} and was ended{}",
               base::human_seconds(static_cast<double>(delivery.command_limit.count()) / 1000), said);
  if (*status != 0) base::fail(ErrorKind::io, "the command {}{}", words_for(*status), said);
}

}  // namespace tabferry::app
