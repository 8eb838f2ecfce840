#include "weather/duplex.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <optional>

namespace tabferry::weather {
namespace {

using std::chrono::steady_clock;

pollfd wanted(const base::Fd& socket, const Stream& from_it, const Stream& to_it, base::SteadyTime now) {
  const bool write = to_it.pending() && to_it.pace().ready_at() <= now;
  const int events = (from_it.may_read() ? POLLIN : 0) | (write ? POLLOUT : 0);
  // Without a wish, no descriptor: poll would report a hang-up again and again.
  return {.fd = events != 0 ? socket.get() : -1, .events = static_cast<short>(events)};
}

void sooner(std::optional<base::SteadyTime>& deadline, const Stream& stream, base::SteadyTime now) {
  const auto ready = stream.pace().ready_at();
  if (stream.pending() && ready > now) deadline = std::min(deadline.value_or(ready), ready);
}

}  // namespace

Duplex::Duplex(base::Fd client_socket, const Path& path_taken, int stop_fd, std::atomic<uint64_t>& to_server,
               std::atomic<uint64_t>& to_client)
    : client(std::move(client_socket)),
      up(path_taken.bytes_per_second, to_server),
      down(path_taken.bytes_per_second, to_client),
      path(path_taken),
      stop(stop_fd) {
  up.pace().not_before(steady_clock::now() + path.latency);  // the handshake's round trip
}

void Duplex::connect() {
  if (!server) server = connect_to(path.to, stop);
}

bool Duplex::move() {
  bool moved = up.fill(client.get());
  if (server) moved |= down.fill(server.get());
  const auto now = steady_clock::now();
  if (server) moved |= up.flush(server.get(), now);
  moved |= down.flush(client.get(), now);
  if (up.ended() && !up.pending() && up.unseen().empty() && server && !server_told_) {
    server_told_ = true;
    ::shutdown(server.get(), SHUT_WR);
  }
  return moved;
}

void Duplex::wait() {
  const auto now = steady_clock::now();
  std::optional<base::SteadyTime> deadline;
  sooner(deadline, up, now);
  sooner(deadline, down, now);
  pollfd both[] = {wanted(client, up, down, now), wanted(server, down, up, now)};
  poll_or_stop(both, 2, deadline, stop);
}

}  // namespace tabferry::weather
