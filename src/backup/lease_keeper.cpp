#include "backup/lease_keeper.h"

namespace tabferry::backup {

LeaseKeeper::LeaseKeeper(const store::Store& store, std::string key, Holder holder, const base::Clock& clock,
                         std::stop_token stop)
    : lease_(store, std::move(key), std::move(holder), clock),
      clock_(clock),
      pass_on_(stop, [this] { stop_.request_stop(); }) {
  thread_.emplace([this] { keep(ended_.get_token()); });
}

LeaseKeeper::~LeaseKeeper() {
  ended_.request_stop();
  thread_->wait();
}

// A renewal that fails for another reason than a loss (the network) is tried again: the lease lives for some minutes.
void LeaseKeeper::keep(std::stop_token ended) {
  auto last = clock_.steady_now();
  while (clock_.sleep_for(kLeaseRenewal, ended)) {
    try {
      lease_.renew();
      last = clock_.steady_now();
    } catch (const base::Error& error) {
      const bool lost = error.kind() == base::ErrorKind::refused || clock_.steady_now() - last >= kLeaseLife;
      if (!lost) continue;
      const std::lock_guard lock(mutex_);
      lost_.emplace(error.kind(), error.what());
      stop_.request_stop();
      return;
    }
  }
}

void LeaseKeeper::check() const {
  const std::lock_guard lock(mutex_);
  if (lost_) throw base::Error(lost_->kind(), lost_->what());
}

}  // namespace tabferry::backup
