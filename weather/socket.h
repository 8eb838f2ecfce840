// TCP on loopback, and the ways in which a connection can end. Sockets do not block. All throw Error{io}.
#pragma once

#include <netinet/in.h>

#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "base/fd.h"

struct pollfd;

namespace tabferry::weather {

base::Fd listen_on_loopback(uint16_t port);  // 0: a free one
uint16_t port_of(const base::Fd& listener);
// Absent where there is none to accept any more.
std::optional<base::Fd> accept_from(const base::Fd& listener);
// Throws Error{cancelled} as soon as `stop` is readable; so do the others that wait.
base::Fd connect_to(const sockaddr_in& address, int stop);

// poll() until one of `sockets` or `deadline`, which may be absent; throws Error{cancelled} where `stop` is readable.
void poll_or_stop(pollfd* sockets, size_t count, std::optional<base::SteadyTime> deadline, int stop);

// RST, after all that was written has arrived (or five seconds, where the other side does not read).
void reset(base::Fd& socket, int stop);
// FIN, then reads on until the other side closes too (or five seconds): closing on unread bytes would be an RST.
void close_cleanly(base::Fd& socket, int stop);
// Returns when the other side has closed or reset.
void wait_for_leave(const base::Fd& socket, int stop);

}  // namespace tabferry::weather
