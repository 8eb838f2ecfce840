#include "sim/sessions.h"

#include "sim/ids.h"

namespace tabferry::sim {

std::string Sessions::open(const Session& session) {
  if (!session.access_token_name.empty())
    std::erase_if(by_token_,
                  [&](const auto& known) { return known.second.access_token_name == session.access_token_name; });
  const std::string token = make_session_token();
  by_token_[token] = session;
  return token;
}

const Session* Sessions::find(const std::string& token) const {
  const auto at = by_token_.find(token);
  return at == by_token_.end() ? nullptr : &at->second;
}

void Sessions::close(const std::string& token) { by_token_.erase(token); }

}  // namespace tabferry::sim
