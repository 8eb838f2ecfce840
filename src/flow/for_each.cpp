#include "flow/for_each.h"

#include <algorithm>
#include <atomic>
#include <deque>
#include <exception>
#include <mutex>

#include "base/error.h"
#include "flow/lane.h"

namespace tabferry::flow {
namespace {

class Crowd {
 public:
  Crowd(size_t count, const std::stop_token& stop, const Work& work)
      : count_(count), work_(work), pass_on_(stop, [this] { stop_.request_stop(); }) {}

  void run_lane(size_t lane) {
    for (;;) {
      const size_t index = next_.fetch_add(1);
      if (index >= count_ || stop_.stop_requested()) return;
      try {
        work_(index, lane, stop_.get_token());
        ++done_;
      } catch (...) {
        keep(std::current_exception());
        return;
      }
    }
  }

  void finish(const std::stop_token& stop) const {
    if (failure_) std::rethrow_exception(failure_);
    if (done_ < count_ && stop.stop_requested()) base::fail_cancelled("working");
  }

 private:
  void keep(std::exception_ptr failure) {
    const std::lock_guard lock(mutex_);
    if (!failure_) failure_ = std::move(failure);
    stop_.request_stop();
  }

  const size_t count_;
  const Work& work_;
  std::atomic<size_t> next_ = 0;
  std::atomic<size_t> done_ = 0;
  std::mutex mutex_;
  std::exception_ptr failure_;
  std::stop_source stop_;
  std::stop_callback<std::function<void()>> pass_on_;  // last: it uses the above
};

}  // namespace

void for_each(size_t count, size_t width, std::stop_token stop, const Work& work) {
  Crowd crowd(count, stop, work);
  {
    std::deque<Lane> lanes;
    for (size_t lane = 0; lane < std::min(count, std::max<size_t>(1, width)); ++lane)
      lanes.emplace_back([&crowd, lane] { crowd.run_lane(lane); });
  }
  crowd.finish(stop);
}

}  // namespace tabferry::flow
