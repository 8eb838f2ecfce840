#include "flow/lane.h"

#include <utility>

namespace tabferry::flow {

Lane::Lane(std::function<void()> work)
    : thread_([this, work = std::move(work)] {
        try {
          work();
        } catch (...) {
          failure_ = std::current_exception();
        }
      }) {}

void Lane::wait() {
  if (thread_.joinable()) thread_.join();
}

void Lane::join() {
  wait();
  if (failure_) std::rethrow_exception(failure_);
}

}  // namespace tabferry::flow
