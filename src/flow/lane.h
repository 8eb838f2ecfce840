// One thread for one piece of work, whose failure is handed over.
#pragma once

#include <exception>
#include <functional>
#include <thread>

namespace tabferry::flow {

// The work starts at once. The lane must be joined before what the work uses dies; a lane that dies unjoined waits for it.
class Lane {
 public:
  explicit Lane(std::function<void()> work);
  Lane(Lane&&) = delete;
  ~Lane() = default;   // joins

  // Waits for the end of the work and throws what it threw. May be called twice.
  void join();
  // The same, but its failure is of no interest any more.
  void wait();

 private:
  std::exception_ptr failure_;
  std::jthread thread_;   // last: it uses the above
};

}  // namespace tabferry::flow
