// Who is signed in. A personal access token has one session: signing in again with it ends the earlier one
// (https://help.tableau.com/current/server/en-us/security_personal_access_tokens.htm). One thread at a time.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/clock.h"

namespace tabferry::sim {

struct Session {
  std::string user_id;
  std::string access_token_name;  // "" after a sign-in by password or JWT
  bool is_scoped = false;         // after a sign-in by JWT: only what its scopes allow
  std::vector<std::string> scopes = {};
  base::WallTime last_used = {};
};

class Sessions {
 public:
  std::string open(const Session& session);             // returns the session's token
  const Session* find(const std::string& token) const;  // null where it is dead or never was
  // The same for a request at that hour, which keeps it alive: one that was not used for `idle_limit` is dead.
  const Session* use(const std::string& token, base::WallTime now, std::chrono::minutes idle_limit);
  void close(const std::string& token);
  void close_all_of(const std::string& user_id);
  void close_all_by(const std::string& access_token_name);

  // Whether nobody signed in with a JWT of that id before; it is remembered until it expires.
  bool is_first_use(const std::string& jwt_id, base::WallTime expires, base::WallTime now);

 private:
  std::map<std::string, Session> by_token_;
  std::map<std::string, base::WallTime> used_jwt_ids_;  // and when they expire
};

}  // namespace tabferry::sim
