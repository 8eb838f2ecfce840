// The HTTP side of the site: cpp-httplib, told to stream, to keep connections and to have threads enough.
#pragma once

#include <memory>
#include <string>

#include "sim/core/simulator.h"

namespace tabferry::sim {

class Server {
 public:
  // Listens on a loopback address (port 0: any free one). Throws Error{refused} for another address, Error{io} where
  // the port is taken. Connections are accepted from here on and answered by run().
  Server(Simulator& simulator, const std::string& host, int port);
  ~Server();

  const std::string& url() const { return url_; }  // "http://127.0.0.1:8000"
  // Serves until SIGINT or SIGTERM; block_stop_signals() was called before. Once.
  void run();

 private:
  class Listener;
  Simulator& simulator_;
  std::unique_ptr<Listener> listener_;
  std::string url_;
};

}  // namespace tabferry::sim
