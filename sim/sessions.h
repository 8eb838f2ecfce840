// Who is signed in. A personal access token has one session: signing in again with it ends the earlier one
// (https://help.tableau.com/current/server/en-us/security_personal_access_tokens.htm). One thread at a time.
#pragma once

#include <map>
#include <string>

namespace tabferry::sim {

struct Session {
  std::string user_id;
  std::string access_token_name;   // "" after a sign-in by password
};

class Sessions {
 public:
  std::string open(const Session& session);              // returns the session's token
  const Session* find(const std::string& token) const;   // null where it is dead or never was
  void close(const std::string& token);

 private:
  std::map<std::string, Session> by_token_;
};

}  // namespace tabferry::sim
