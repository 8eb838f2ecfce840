#include "weather/listener.h"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>

#include "base/error.h"
#include "weather/connection.h"

namespace tabferry::weather {
namespace {

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

// False at the end of the lines, or where nobody ever wrote any.
bool answer_lines(int from, const std::function<void()>& asked) {
  char bytes[256];
  const ssize_t got = ::read(from, bytes, sizeof bytes);
  for (ssize_t i = 0; i < got; ++i)
    if (bytes[i] == '\n') asked();
  return got > 0;
}

}  // namespace

void block_stop_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

Listener::Listener(uint16_t port, const Path& path, Ledger& ledger)
    : path_(path), ledger_(ledger), stop_(::eventfd(0, EFD_CLOEXEC)), socket_(listen_on_loopback(port)) {
  const sigset_t set = stop_signals();
  signals_ = base::Fd(::signalfd(-1, &set, SFD_CLOEXEC));
  if (!stop_ || !signals_) base::fail_errno(errno, "preparing to stop");
}

Listener::~Listener() { end_all(); }

std::string Listener::url() const { return fmt::format("http://127.0.0.1:{}", port_of(socket_)); }

void Listener::run(const std::function<void()>& asked) {
  int questions = STDIN_FILENO;
  for (;;) {
    pollfd all[] = {{.fd = socket_.get(), .events = POLLIN},
                    {.fd = signals_.get(), .events = POLLIN},
                    {.fd = questions, .events = POLLIN}};
    if (::poll(all, 3, -1) < 0 && errno != EINTR) base::fail_errno(errno, "waiting for connections");
    if (all[1].revents != 0) break;
    if (all[2].revents != 0 && !answer_lines(questions, asked)) questions = -1;
    reap();
    accept_all();
  }
  end_all();
}

void Listener::reap() {
  lanes_.remove_if([](Lane& lane) {
    if (!lane.done) return false;
    lane.thread.join();
    return true;
  });
}

void Listener::accept_all() {
  try {
    while (auto client = accept_from(socket_)) start(std::move(*client));
  } catch (const std::exception& error) {  // no descriptor or no thread left: the others go on
    ledger_.note_error(error.what());
    pollfd signals{.fd = signals_.get(), .events = POLLIN};
    ::poll(&signals, 1, 50);  // the connection still waits to be accepted: give the others time to end
  }
}

void Listener::start(base::Fd client) {
  Lane& lane = lanes_.emplace_back();
  try {
    lane.thread = std::thread([this, &lane, socket = std::move(client)]() mutable {
      serve(std::move(socket));
      lane.done = true;
    });
  } catch (...) {
    lanes_.pop_back();
    throw;
  }
}

void Listener::serve(base::Fd client) {
  ledger_.connection_opened();
  try {
    Connection(std::move(client), path_, ledger_, stop_.get()).run();
  } catch (const base::Error& error) {
    if (error.kind() != base::ErrorKind::cancelled) ledger_.note_error(error.what());
  } catch (const std::exception& error) {
    ledger_.note_error(error.what());
  }
  ledger_.connection_closed();
}

void Listener::end_all() {
  ::eventfd_write(stop_.get(), 1);
  for (Lane& lane : lanes_) lane.thread.join();
  lanes_.clear();
}

}  // namespace tabferry::weather
