#include "sim/http/workers.h"

#include <pthread.h>
#include <signal.h>

#include <charconv>
#include <chrono>
#include <filesystem>

namespace tabferry::sim {
namespace {

constexpr std::chrono::seconds kGrace{5};

sigset_t stop_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

bool is_connection_of(int fd, int port) {
  sockaddr_storage here{}, there{};
  socklen_t here_length = sizeof here, there_length = sizeof there;
  if (::getsockname(fd, reinterpret_cast<sockaddr*>(&here), &here_length) != 0) return false;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&there), &there_length) != 0) return false;
  const auto bound = here.ss_family == AF_INET6 ? reinterpret_cast<sockaddr_in6*>(&here)->sin6_port
                                                : reinterpret_cast<sockaddr_in*>(&here)->sin_port;
  return (here.ss_family == AF_INET || here.ss_family == AF_INET6) && ntohs(bound) == port;
}

// cpp-httplib keeps the sockets of its connections to itself; the system knows them.
void end_connections(int port) {
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const std::string name = entry.path().filename().string();
    int fd = -1;
    std::from_chars(name.data(), name.data() + name.size(), fd);
    if (fd > 2 && is_connection_of(fd, port)) ::shutdown(fd, SHUT_RDWR);
  }
}

}  // namespace

Workers::Workers(int port, const std::atomic<int>& in_flight, std::function<void()> stop)
    : httplib::ThreadPool(kConnections + 1), port_(port), in_flight_(in_flight) {
  enqueue([stop = std::move(stop)] {
    const sigset_t set = stop_signals();
    int which = 0;
    ::sigwait(&set, &which);
    stop();
  });
}

void Workers::shutdown() {
  ::kill(::getpid(), SIGTERM);  // where it was not a signal that stopped us, the waiting thread needs one
  const auto deadline = std::chrono::steady_clock::now() + kGrace;
  while (in_flight_ > 0 && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  end_connections(port_);
  httplib::ThreadPool::shutdown();
}

void block_stop_signals() {
  const sigset_t set = stop_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
}

}  // namespace tabferry::sim
