// Who is at work on a site's backup: locks/<server>_<site luid>.json, held by one plan at a time.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "store/store.h"

namespace tabferry::backup {

inline constexpr std::chrono::seconds kLeaseRenewal{60};
inline constexpr std::chrono::seconds kLeaseLife{300};  // of silence; then it is dead

// "locks/10ax.online.tableau.com_LUID.json": the characters of a host, ':' as '_'
std::string lease_key(const std::string& server, const std::string& site_luid);

struct Holder {
  std::string plan;  // the snapshot; "" while it is planned
  std::string run;
  std::string host;
  std::string what;  // "backup", "prune"
  std::string since;
};

// A run of its own on this machine, without a plan yet.
Holder fresh_holder(std::string what);

class Lease {
 public:
  // Takes it. Runs of the same plan share it (each renews). Throws Error{refused} that names the holder and its age
  // where another one lives; one that is dead or released is taken over. Judged by the store's clock.
  Lease(const store::Store& store, std::string key, Holder holder, const base::Clock& clock);
  ~Lease();  // releases by overwriting, in silence

  // The plan is known now. Throws as renew().
  void name_plan(const std::string& snapshot);
  // It stays when this one dies: others of the same plan go on (workers), and the seal that succeeds releases it.
  void leave();
  // Overwrites it where it is still ours (if match). Throws Error{refused} where another run took it over: this one
  // must stop. Any thread.
  void renew();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace tabferry::backup
