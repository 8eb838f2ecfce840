// One session on a site, shared by all lanes: who is signed in, and that only one lane signs in again where it ended.
// Private to this room. Any thread may call any member, but for sign_out(): no lane is at work then.
#pragma once

#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>

#include "base/clock.h"
#include "base/error.h"
#include "http/client.h"
#include "tableau/pace.h"
#include "tableau/sign_in.h"
#include "tableau/site.h"

namespace tabferry::tableau {

// What a request needs of the session: a copy, so that no lock is held while it is on its way.
struct Ticket {
  uint64_t generation = 0;  // counts the sign-ins; another one is another token
  std::string api;          // "https://10ax.online.tableau.com/api/3.27"
  base::Secret token;       // empty where the session ended and could not be renewed yet
  std::string site_id, user_id;
  bool by_connected_app = false;
};

class Session {
 public:
  Session(SiteOptions options, const base::Clock& clock);
  ~Session();  // signs out, in silence
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  const SiteOptions& options() const { return options_; }
  const base::Clock& clock() const { return clock_; }
  Pace& pace() { return pace_; }  // of all lanes

  // `client` is the calling lane's own. Throws as Site::sign_in().
  void sign_in(http::Client& client, std::stop_token stop);
  void sign_out(std::stop_token stop);  // never throws

  ServerVersion version() const;
  std::string time_to_expiration() const;
  // Of the newest sign-in. Throws Error{bug} where there was none.
  Ticket ticket(const std::string& doing) const;
  Ticket newest() const;  // the same, but an empty one where there was none
  // A ticket to go on with where the site says that the session of `ended` is over: the newest one where another lane
  // has signed in since, or does so now (its failure is the failure of all that wait for it, but where it was stopped);
  // else the calling lane signs in. Throws as sign_in(); Error{denied} where a token's sessions end again and again; a refusal
  // (denied, config) stays one until sign_in(), for a wrong password asked again and again locks the account.
  Ticket renewed(const Ticket& ended, const std::string& doing, http::Client& client, std::stop_token stop);
  // Of a connected app whose renewed session was refused the same as the one before: for a minute nobody signs in again
  // for that, since it is not the session that is at fault. Behind that minute it may be.
  void note_vain(const Ticket& renewed);
  bool renewing_is_vain(const Ticket& ticket) const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  class Turn;

  void wait_for_turn(Lock& lock, const std::string& doing, std::stop_token stop);
  void start(Lock& lock, http::Client& client, std::stop_token stop);
  void keep(OpenedSession opened);
  void refuse_short_sessions(const std::string& doing);

  const SiteOptions options_;
  const base::Clock& clock_;
  Pace pace_;
  mutable std::mutex mutex_;
  std::condition_variable_any turn_ended_;
  // All below under the mutex.
  bool signing_in_ = false;  // some lane is at it, without the lock
  uint64_t turns_ = 0;       // sign-ins that ended, well or not
  std::optional<base::Error> failure_;  // of the last one
  std::string server_;                  // after a redirect: the pod's
  std::optional<ServerVersion> version_;
  std::string time_to_expiration_;
  bool signed_in_ = false;
  Ticket ticket_;
  base::SteadyTime signed_in_at_{};
  int short_sessions_ = 0;  // renewed sessions in a row that ended within a minute
  uint64_t vain_ = 0;       // the generation that was begun in vain; 0: none
};

}  // namespace tabferry::tableau
