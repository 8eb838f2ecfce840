#include "flow/resident.h"

#include <pthread.h>
#include <signal.h>

#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>

namespace tabferry::flow {
namespace {

// Never destroyed: its thread may still wait on it while the program ends.
class Resident {
 public:
  Resident() { std::thread([this] { serve(); }).detach(); }

  void run(const std::function<void()>& errand) {
    const std::lock_guard one_caller(callers_);
    std::unique_lock lock(mutex_);
    failure_ = nullptr;
    errand_ = &errand;
    changed_.notify_all();
    changed_.wait(lock, [this] { return errand_ == nullptr; });
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  void serve() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return errand_ != nullptr; });
      try {
        (*errand_)();
      } catch (...) {
        failure_ = std::current_exception();
      }
      errand_ = nullptr;
      changed_.notify_all();
    }
  }

  std::mutex callers_;
  std::mutex mutex_;
  std::condition_variable changed_;
  const std::function<void()>* errand_ = nullptr;
  std::exception_ptr failure_;
};

}  // namespace

void run_on_resident_thread(const std::function<void()>& errand) {
  static auto* resident = new Resident;
  resident->run(errand);
}

}  // namespace tabferry::flow
