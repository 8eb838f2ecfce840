#include "hyper/engine.h"

#include <sys/stat.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "base/error.h"
#include "base/tempdir.h"
#include "base/text.h"
#include "hyper/connection.h"
#include "hyper/engine_log.h"
#include "hyper/process.h"
#include "hyper/session_state.h"

namespace fs = std::filesystem;
using tabferry::base::ErrorKind;

namespace tabferry::hyper {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr size_t kSocketPathLimit = 107;   // sun_path is 108 bytes with its end (unix(7))
constexpr milliseconds kGrace{3000};
constexpr milliseconds kReadyPoll{10};

// hyperd reads the folder out of a comma separated list of addresses: only what it cannot take for something else.
bool fits_socket(const fs::path& folder) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '/' || c == '.' ||
           c == '_' || c == '-';
  };
  const std::string text = socket_in(folder).string();
  return text.size() <= kSocketPathLimit && std::all_of(text.begin(), text.end(), allowed);
}

// hyperd --settings lists the names. It sends no usage reports (enable_cdp_usage_data is off by default; said again).
std::vector<std::string> arguments(const fs::path& folder, const fs::path& socket_folder) {
  return {"run",
          "--init-user=tableau_internal_user",
          "--language=en_US",
          "--log-dir=" + folder.string(),
          "--log-file-size-limit=16m",
          "--log-file-max-count=2",
          "--enable-cdp-usage-data=false",
          "--date-style=YMD",
          "--date-style-lenient=false",
          "--skip-license",
          "--no-password",
          "--listen-connection",
          fmt::format("tab.domain://{}/domain/{}", socket_folder.string(), socket_in({}).string())};
}

// The line of /proc/PID/status in kB; 0 where the process is gone.
uint64_t status_kilobytes(int pid, std::string_view key) {
  std::ifstream status(fmt::format("/proc/{}/status", pid));
  for (std::string line; std::getline(status, line);) {
    if (!line.starts_with(key)) continue;
    const auto number = base::trim(std::string_view(line).substr(key.size()));
    uint64_t kilobytes = 0;
    std::from_chars(number.data(), number.data() + number.size(), kilobytes);
    return kilobytes;
  }
  return 0;
}

// .../tableauhyperapi/bin/hyper/hyperd -> .../tableauhyperapi-0.0.26963.dist-info
std::string wheel_version(const fs::path& program) {
  constexpr std::string_view kStart = "tableauhyperapi-", kEnd = ".dist-info";
  std::error_code error;
  const fs::path real = fs::canonical(program, error);
  const fs::path site = real.parent_path().parent_path().parent_path().parent_path();
  for (fs::directory_iterator at(site, error), end; !error && at != end; at.increment(error)) {
    const std::string name = at->path().filename().string();
    if (name.starts_with(kStart) && name.ends_with(kEnd) && name.size() > kStart.size() + kEnd.size())
      return "tableauhyperapi " + name.substr(kStart.size(), name.size() - kStart.size() - kEnd.size());
  }
  return "";
}

void check_program(const fs::path& program) {
  std::error_code error;
  if (fs::is_regular_file(program, error)) return;
  base::fail(ErrorKind::not_found, "starting the extract engine: there is no file {}", program.string());
}

}  // namespace

struct Engine::State {
  explicit State(const EngineOptions& options) : program(fs::absolute(options.program)), folder(options.folder) {
    if (fits_socket(folder.path())) return;
    base::sweep_leftovers("/tmp");   // those of killed runs, which nobody else looks for where TMPDIR is not /tmp
    short_folder = std::make_unique<base::TempDir>("/tmp");
  }
  ~State() {
    if (process) process->end(kGrace);
  }

  const fs::path& socket_folder() const { return short_folder ? short_folder->path() : folder.path(); }
  fs::path output() const { return folder.path() / kOutputName; }
  void wait_until_ready(milliseconds timeout, const std::stop_token& stop) const;

  fs::path program;
  base::TempDir folder;
  std::unique_ptr<base::TempDir> short_folder;
  std::shared_ptr<Process> process;   // sessions look at it too, to tell how it died
};

void Engine::State::wait_until_ready(milliseconds timeout, const std::stop_token& stop) const {
  const auto deadline = steady_clock::now() + timeout;
  const auto doing = fmt::format("starting the extract engine {}", program.string());
  for (std::string reason;;) {
    if (stop.stop_requested()) base::fail_cancelled(doing);
    if (const auto ended = process->wait_for_end(milliseconds(0)))
      base::fail(ErrorKind::io, "{}: it ended at once with {}. {}. Get it again with: pip install --force-reinstall "
                 "tableauhyperapi", doing, words_for_status(*ended), last_words(output()));
    if (fs::exists(socket_in(socket_folder())) && Connection::accepted(socket_folder(), deadline, stop, reason)) return;
    if (steady_clock::now() >= deadline)
      base::fail(ErrorKind::io, "{}: it accepts no connection after {}{}{}. {}", doing,
                 base::human_seconds(std::chrono::duration<double>(timeout).count()), reason.empty() ? "" : ": ", reason,
                 last_words(output()));
    pause_for(kReadyPoll);
  }
}

Engine::Engine(std::unique_ptr<State> state) : state_(std::move(state)) {}
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;
Engine::~Engine() = default;

Engine Engine::start(const EngineOptions& options, std::stop_token stop) {
  check_program(options.program);
  auto state = std::make_unique<State>(options);
  const fs::path& folder = state->folder.path();
  state->process = std::make_shared<Process>(
      Command{state->program, arguments(folder, state->socket_folder()), folder, state->output()});
  state->wait_until_ready(options.start_timeout, stop);
  return Engine(std::move(state));
}

Session Engine::connect(std::stop_token stop) const {
  return Session(std::make_unique<Session::State>(
      Connection(state_->socket_folder(), {state_->process, state_->output()}, std::move(stop))));
}

int Engine::pid() const { return state_->process->pid(); }
bool Engine::alive() const { return state_->process->alive(); }

uint64_t Engine::peak_memory_bytes() const { return alive() ? status_kilobytes(pid(), "VmHWM:") * 1024 : 0; }

std::string Engine::version() const {
  const auto wheel = wheel_version(state_->program);
  return wheel.empty() ? announced_version(state_->output()) : wheel;
}

}  // namespace tabferry::hyper
