#include "weather/socket.h"

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <vector>

#include "base/error.h"

namespace tabferry::weather {
namespace {

using std::chrono::steady_clock;

constexpr std::chrono::seconds kPatience{5};

void send_without_delay(const base::Fd& socket) {
  const int on = 1;
  ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

base::Fd make_socket() {
  base::Fd socket(::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) base::fail_errno(errno, "making a socket");
  return socket;
}

timespec until(base::SteadyTime deadline) {
  const auto left = std::max(deadline - steady_clock::now(), steady_clock::duration::zero());
  const auto seconds = std::chrono::floor<std::chrono::seconds>(left);
  return {.tv_sec = seconds.count(), .tv_nsec = static_cast<long>(std::chrono::nanoseconds(left - seconds).count())};
}

// Reads and drops until the other side closes, or until the deadline.
void read_to_end(const base::Fd& socket, std::optional<base::SteadyTime> deadline, int stop) {
  std::vector<char> bytes(64 * 1024);
  while (!deadline || steady_clock::now() < *deadline) {
    const ssize_t got = ::recv(socket.get(), bytes.data(), bytes.size(), 0);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) return;
    if (got > 0) continue;
    pollfd wanted{.fd = socket.get(), .events = POLLIN};
    poll_or_stop(&wanted, 1, deadline, stop);
  }
}

void wait_until_delivered(const base::Fd& socket, int stop) {
  const auto deadline = steady_clock::now() + kPatience;
  int waiting = 0;
  while (::ioctl(socket.get(), SIOCOUTQ, &waiting) == 0 && waiting > 0 && steady_clock::now() < deadline)
    poll_or_stop(nullptr, 0, steady_clock::now() + std::chrono::milliseconds(1), stop);
}

}  // namespace

base::Fd listen_on_loopback(uint16_t port) {
  base::Fd socket = make_socket();
  const int on = 1;
  ::setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket.get(), SOMAXCONN) != 0)
    base::fail_errno(errno, fmt::format("listening on 127.0.0.1:{}", port));
  return socket;
}

uint16_t port_of(const base::Fd& listener) {
  sockaddr_in address{};
  socklen_t length = sizeof address;
  if (::getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0)
    base::fail_errno(errno, "asking for the port");
  return ntohs(address.sin_port);
}

std::optional<base::Fd> accept_from(const base::Fd& listener) {
  base::Fd socket(::accept4(listener.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!socket && (errno == EMFILE || errno == ENFILE)) base::fail_errno(errno, "accepting a connection");
  if (!socket) return std::nullopt;
  send_without_delay(socket);
  return socket;
}

base::Fd connect_to(const sockaddr_in& address, int stop) {
  base::Fd socket = make_socket();
  int error = 0;
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) error = errno;
  if (error == EINPROGRESS) {
    pollfd wanted{.fd = socket.get(), .events = POLLOUT};
    poll_or_stop(&wanted, 1, steady_clock::now() + kPatience, stop);
    socklen_t length = sizeof error;
    ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
    if (error == 0 && wanted.revents == 0) error = ETIMEDOUT;
  }
  if (error != 0) base::fail_errno(error, fmt::format("connecting to 127.0.0.1:{}", ntohs(address.sin_port)));
  send_without_delay(socket);
  return socket;
}

void poll_or_stop(pollfd* sockets, size_t count, std::optional<base::SteadyTime> deadline, int stop) {
  std::array<pollfd, 3> all{};
  std::copy_n(sockets, count, all.begin());
  all[count] = {.fd = stop, .events = POLLIN};
  const timespec left = deadline ? until(*deadline) : timespec{};
  if (::ppoll(all.data(), count + 1, deadline ? &left : nullptr, nullptr) < 0 && errno != EINTR)
    base::fail_errno(errno, "waiting for a connection");
  if (all[count].revents != 0) base::fail_cancelled("waiting for a connection");
  std::copy_n(all.begin(), count, sockets);
}

void reset(base::Fd& socket, int stop) {
  if (!socket) return;
  wait_until_delivered(socket, stop);
  const linger at_once{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  socket.reset();
}

void close_cleanly(base::Fd& socket, int stop) {
  if (!socket) return;
  ::shutdown(socket.get(), SHUT_WR);
  read_to_end(socket, steady_clock::now() + kPatience, stop);
  socket.reset();
}

void wait_for_leave(const base::Fd& socket, int stop) { read_to_end(socket, std::nullopt, stop); }

}  // namespace tabferry::weather
