// One client's connection, from its first byte to its end, through all its requests. One thread.
#pragma once

#include "weather/duplex.h"
#include "weather/exchange.h"
#include "weather/ledger.h"

namespace tabferry::weather {

class Connection {
 public:
  // All that is referred to must outlive the connection. `stop`: a descriptor, readable when all must end.
  Connection(base::Fd client, const Path& path, Ledger& ledger, int stop);
  // Returns when the connection is closed; an unreachable server is noted in the ledger, and the client gets RST.
  // Throws Error{corrupt} where somebody spoke no HTTP, Error{cancelled} when all must end.
  void run();

 private:
  std::optional<size_t> next_head();
  Ending serve(size_t head_bytes);
  Ending answer_here(const RequestHead& head, size_t head_bytes, const Fault& fault);
  void drop_request_body(const RequestHead& head);
  bool connect();

  Ledger& ledger_;
  Duplex duplex_;
};

}  // namespace tabferry::weather
