// Accepts connections and gives each a thread, until SIGINT or SIGTERM.
#pragma once

#include <atomic>
#include <functional>
#include <list>
#include <string>
#include <thread>

#include "base/fd.h"
#include "weather/duplex.h"
#include "weather/ledger.h"

namespace tabferry::weather {

// Blocks SIGINT and SIGTERM for the calling thread and all that it starts. Called first in main.
void block_stop_signals();

class Listener {
 public:
  // Listens at once, on 127.0.0.1 alone; port 0 takes a free one. Throws Error{io}. The ledger must outlive it.
  Listener(uint16_t port, const Path& path, Ledger& ledger);
  ~Listener();
  std::string url() const;
  // Returns after SIGINT or SIGTERM, when every connection is closed. `asked` is called here for each line on stdin.
  void run(const std::function<void()>& asked);

 private:
  struct Lane {
    std::atomic<bool> done = false;
    std::thread thread;
  };
  void reap();
  void accept_all();
  void start(base::Fd client);
  void serve(base::Fd client);
  void end_all();

  const Path path_;
  Ledger& ledger_;
  base::Fd signals_, stop_, socket_;
  std::list<Lane> lanes_;
};

}  // namespace tabferry::weather
