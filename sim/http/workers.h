// The threads that serve the connections, one each, and the end of serving.
#pragma once

#include <httplib.h>

#include <atomic>
#include <functional>

namespace tabferry::sim {

// cpp-httplib's own pool with two additions. One of its threads waits for SIGINT or SIGTERM (which every other thread
// blocks) and then calls `stop`. And shutdown(), which cpp-httplib calls when it has stopped listening, lets requests
// in flight finish for a while and then ends all connections: the pool would wait for an idle keep-alive connection
// until that times out.
class Workers : public httplib::ThreadPool {
 public:
  static constexpr size_t kConnections = 256;

  // `in_flight` counts the requests being answered; it must outlive the pool.
  Workers(int port, const std::atomic<int>& in_flight, std::function<void()> stop);
  void shutdown() override;

 private:
  const int port_;
  const std::atomic<int>& in_flight_;
};

// Blocks SIGINT and SIGTERM for the calling thread and all that it starts. Called first in main.
void block_stop_signals();

}  // namespace tabferry::sim
