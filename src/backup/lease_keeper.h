// A lease that is renewed as long as it is held, by a thread of its own. Private to this room.
#pragma once

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>

#include "backup/lease.h"
#include "base/error.h"
#include "flow/lane.h"

namespace tabferry::backup {

class LeaseKeeper {
 public:
  // Takes the lease: throws as Lease. `stop` is the run's; token() is what the run's steps are given instead.
  LeaseKeeper(const store::Store& store, std::string key, Holder holder, const base::Clock& clock,
              std::stop_token stop);
  ~LeaseKeeper();

  Lease& lease() { return lease_; }
  // Requested when the run's own is, or when the lease was lost.
  std::stop_token token() const { return stop_.get_token(); }
  // Throws why the lease was lost, where it was.
  void check() const;

 private:
  void keep(std::stop_token ended);

  Lease lease_;
  const base::Clock& clock_;
  std::stop_source stop_;   // of the run's steps
  std::stop_source ended_;  // of the thread
  std::stop_callback<std::function<void()>> pass_on_;
  mutable std::mutex mutex_;
  std::optional<base::Error> lost_;
  std::optional<flow::Lane> thread_;  // last: it uses the above
};

// Runs a step under a lease; a step that was stopped because the lease was lost throws that.
template <class Step>
auto under(LeaseKeeper& keeper, const Step& step) {
  try {
    auto result = step(keeper.token());
    keeper.check();
    return result;
  } catch (const base::Error& error) {
    if (error.kind() == base::ErrorKind::cancelled) keeper.check();
    throw;
  }
}

}  // namespace tabferry::backup
