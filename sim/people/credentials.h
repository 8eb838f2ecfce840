// Who somebody is who signs in: by name and password, personal access token, or the JWT of a connected app.
#pragma once

#include "sim/core/desk.h"
#include "sim/core/sessions.h"

namespace tabferry::sim {

// The session that the credentials open; what was used of them is noted on the site (lastLogin, lastUsedAt). Refuses
// with 401001, whatever the reason.
Session session_for(Desk& desk, const Node& credentials);
// "365:00:00": days, hours and minutes that the session's token lives [INF]; "" where it does not end.
std::string time_to_expiration(const Desk& desk, const Session& session);

}  // namespace tabferry::sim
