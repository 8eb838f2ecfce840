#include "sim/core/sessions.h"

#include "sim/core/ids.h"

namespace tabferry::sim {

std::string Sessions::open(const Session& session) {
  if (!session.access_token_name.empty()) close_all_by(session.access_token_name);
  const std::string token = make_session_token();
  by_token_[token] = session;
  return token;
}

const Session* Sessions::find(const std::string& token) const {
  const auto at = by_token_.find(token);
  return at == by_token_.end() ? nullptr : &at->second;
}

const Session* Sessions::use(const std::string& token, base::WallTime now, std::chrono::minutes idle_limit) {
  const auto at = by_token_.find(token);
  if (at == by_token_.end()) return nullptr;
  if (now - at->second.last_used > idle_limit) {
    by_token_.erase(at);
    return nullptr;
  }
  at->second.last_used = now;
  return &at->second;
}

void Sessions::close(const std::string& token) { by_token_.erase(token); }

void Sessions::close_all_of(const std::string& user_id) {
  std::erase_if(by_token_, [&](const auto& known) { return known.second.user_id == user_id; });
}

void Sessions::close_all_by(const std::string& access_token_name) {
  std::erase_if(by_token_, [&](const auto& known) { return known.second.access_token_name == access_token_name; });
}

bool Sessions::is_first_use(const std::string& jwt_id, base::WallTime expires, base::WallTime now) {
  std::erase_if(used_jwt_ids_, [&](const auto& used) { return used.second < now; });
  return used_jwt_ids_.emplace(jwt_id, expires).second;
}

}  // namespace tabferry::sim
