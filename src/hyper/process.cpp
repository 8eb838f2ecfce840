#include "hyper/process.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/error.h"
#include "base/fd.h"
#include "flow/resident.h"

using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kPoll{10};
constexpr milliseconds kGrace{3000};
constexpr int kFirstFreeFd = 3;      // the child's failure pipe; all behind it is closed

// Everything the child needs, made before the fork: behind it only async-signal-safe calls are allowed.
struct Launch {
  std::vector<char*> arguments;
  std::vector<char*> environment;
  const char* folder = nullptr;
  pid_t parent = -1;
  int output = -1;
  int null_device = -1;
  int failure_pipe = -1;
};

base::Fd open_above_stdio(const std::filesystem::path& path, int flags) {
  const base::Fd low(::open(path.c_str(), flags | O_CLOEXEC, 0600));
  base::Fd fd(low ? ::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFreeFd + 1) : -1);
  if (!fd) base::fail_errno(errno, fmt::format("opening {} for the extract engine", path.string()));
  return fd;
}

std::pair<base::Fd, base::Fd> failure_pipe() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) base::fail_errno(errno, "making a pipe for the extract engine");
  base::Fd reader(ends[0]);
  const base::Fd low(ends[1]);
  base::Fd writer(::fcntl(low.get(), F_DUPFD_CLOEXEC, kFirstFreeFd + 1));
  if (!writer) base::fail_errno(errno, "making a pipe for the extract engine");
  return {std::move(reader), std::move(writer)};
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (auto& text : texts) result.push_back(text.data());
  result.push_back(nullptr);
  return result;
}

// ---- in the child, between fork and exec: async-signal-safe calls only (signal-safety(7)) ----

// Our signals are blocked (the resident thread's mask) and SIGPIPE is ignored: neither is for the engine.
void reset_signals() {
  for (int number = 1; number < NSIG; ++number) ::signal(number, SIG_DFL);
  ::signal(SIGXFSZ, SIG_IGN);   // a file size limit (ulimit -f) fails a write, as a full disk does, instead of killing it
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
}

void close_from(unsigned first) {
  if (::close_range(first, ~0U, 0) == 0) return;
  rlimit limit{};   // a kernel before 5.9; what we open is close-on-exec, this is for what libraries forgot
  ::getrlimit(RLIMIT_NOFILE, &limit);
  const rlim_t end = std::min<rlim_t>(limit.rlim_cur, 65536);
  for (rlim_t fd = first; fd < end; ++fd) ::close(static_cast<int>(fd));
}

[[noreturn]] void run_in_child(const Launch& launch) {
  ::setpgid(0, 0);                         // a terminal's ^C comes to us, who then end the engine in order
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);      // even a SIGKILL of ours takes it along
  if (::getppid() != launch.parent) ::_exit(127);   // too late for that: we are gone already
  const rlimit no_core{0, 0};              // a core would hold the rows of every table
  ::setrlimit(RLIMIT_CORE, &no_core);
  ::dup2(launch.null_device, STDIN_FILENO);
  ::dup2(launch.output, STDOUT_FILENO);
  ::dup2(launch.output, STDERR_FILENO);
  ::dup2(launch.failure_pipe, kFirstFreeFd);
  ::fcntl(kFirstFreeFd, F_SETFD, FD_CLOEXEC);
  close_from(kFirstFreeFd + 1);
  reset_signals();
  if (::chdir(launch.folder) == 0) ::execve(launch.arguments[0], launch.arguments.data(), launch.environment.data());
  const int reason = errno;
  [[maybe_unused]] const auto told = ::write(kFirstFreeFd, &reason, sizeof reason);
  ::_exit(127);
}

// ---- in the parent again ----

// The errno with which the exec failed; 0 once it has succeeded, which closes the pipe.
int read_failure(const base::Fd& reader) {
  int reason = 0;
  for (;;) {
    const ssize_t n = ::read(reader.get(), &reason, sizeof reason);
    if (n == sizeof reason) return reason;
    if (n >= 0 || errno != EINTR) return 0;
  }
}

[[noreturn]] void fail_exec(const Command& command, int reason) {
  const auto doing = fmt::format("starting the extract engine {}", command.program.string());
  if (reason == EACCES)
    base::fail(ErrorKind::io, "{}: it may not be executed. Make it executable (chmod +x), or move it off a file system "
               "that is mounted noexec", doing);
  if (reason == ENOEXEC)
    base::fail(ErrorKind::io, "{}: this is no program for this machine (wrong architecture, or a torn download). hyperd "
               "exists for x86-64 Linux; get it again with: pip install tableauhyperapi", doing);
  if (reason == ENOENT)
    base::fail(ErrorKind::io, "{}: it is not there, or the loader it needs is not (hyperd needs glibc, as Debian, Ubuntu "
               "and Amazon Linux have it; Alpine does not)", doing);
  base::fail_errno(reason, doing);
}

pid_t launch_child(const Command& command) {
  std::vector<std::string> arguments{command.program.string()};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  // Nothing of our own environment: it holds secrets, LD_PRELOAD, proxies.
  std::vector<std::string> environment{"PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + command.folder.string(),
                                       "TMPDIR=" + command.folder.string(), "LANG=C.UTF-8"};
  const auto output = open_above_stdio(command.output, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND);
  const auto null_device = open_above_stdio("/dev/null", O_RDONLY);
  auto [reader, writer] = failure_pipe();
  const Launch launch{pointers(arguments), pointers(environment), command.folder.c_str(), ::getpid(),
                      output.get(), null_device.get(), writer.get()};
  const pid_t pid = ::fork();
  if (pid == 0) run_in_child(launch);
  if (pid < 0) base::fail_errno(errno, fmt::format("starting the extract engine {}", command.program.string()));
  writer.reset();
  const int reason = read_failure(reader);
  if (reason == 0) return pid;
  ::waitpid(pid, nullptr, 0);
  fail_exec(command, reason);
}

}  // namespace

Process::Process(const Command& command) {
  flow::run_on_resident_thread([&] { pid_ = launch_child(command); });
}

Process::~Process() { end(kGrace); }

std::optional<int> Process::reap_if_ended() {
  const std::lock_guard lock(mutex_);
  if (ended_) return ended_;
  int status = 0;
  pid_t reaped = 0;
  do reaped = ::waitpid(pid_, &status, WNOHANG);
  while (reaped < 0 && errno == EINTR);
  if (reaped == pid_) ended_ = status;
  if (reaped < 0) ended_ = 0;   // reaped by someone else: gone, how is unknown
  return ended_;
}

std::optional<int> Process::wait_for_end(milliseconds at_most) {
  const auto deadline = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    if (auto status = reap_if_ended()) return status;
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
    pause_for(kPoll);
  }
}

void Process::send(int signal_number) {
  const std::lock_guard lock(mutex_);
  if (!ended_) ::kill(pid_, signal_number);
}

void Process::end(milliseconds grace) {
  if (wait_for_end(milliseconds(0))) return;
  send(SIGTERM);
  if (wait_for_end(grace)) return;
  send(SIGKILL);
  while (!wait_for_end(milliseconds(1000))) {
  }
}

std::string words_for_status(int status) {
  if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
    return "signal 9 (the system kills the largest process when memory runs out)";
  if (WIFSIGNALED(status)) {
    const char* name = ::sigdescr_np(WTERMSIG(status));
    return fmt::format("signal {} ({})", WTERMSIG(status), name == nullptr ? "unknown" : name);
  }
  return fmt::format("exit status {}", WEXITSTATUS(status));
}

void pause_for(milliseconds duration) { ::poll(nullptr, 0, static_cast<int>(std::min(duration, milliseconds(100)).count())); }

}  // namespace tabferry::hyper
