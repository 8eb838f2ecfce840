// The two sockets of a connection and the two streams between them. One thread.
#pragma once

#include <chrono>
#include <cstdint>

#include "base/fd.h"
#include "weather/socket.h"
#include "weather/stream.h"

namespace tabferry::weather {

struct Path {
  sockaddr_in to{};                     // the server
  std::chrono::nanoseconds latency{0};  // one round trip
  uint64_t bytes_per_second = 0;        // each way of each connection; 0: no limit
  uint64_t fault_bytes = 1;             // how much of a body passes before a fault in it
};

class Duplex {
 public:
  // `stop` (a descriptor) becomes readable when all must end. The counters must outlive the duplex.
  Duplex(base::Fd client_socket, const Path& path, int stop, std::atomic<uint64_t>& to_server,
         std::atomic<uint64_t>& to_client);

  void connect();  // where it is not yet; throws Error{io}
  // Reads and sends what can be without waiting. True where anything moved.
  bool move();
  // Until something can move. Throws Error{cancelled} when all must end.
  void wait();

  base::Fd client, server;
  Stream up, down;  // to the server, to the client
  const Path& path;
  const int stop;

 private:
  bool server_told_ = false;  // that the client sends no more
};

}  // namespace tabferry::weather
