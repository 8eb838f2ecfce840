// What a session that began with a JWT may ask for
// (https://help.tableau.com/current/online/en-us/connected_apps_scopes.htm).
#pragma once

#include <string>
#include <string_view>

#include "sim/core/call.h"
#include "sim/core/sessions.h"

namespace tabferry::sim {

// The scope that the request needs, "tableau:workbooks:create"; "" where any session may (signing out), "-" where no
// scope is enough (virtual connections). `route` is a pattern of routes.h.
std::string scope_needed(std::string_view method, std::string_view route);
// "tableau:content:*" and "tableau:*" grant what they match.
bool grants(std::string_view scope, std::string_view needed);
// Refuses with 401002 what the session's scopes do not allow, as real servers are said to [INF].
void check_scope(const Session& session, const Call& call);

}  // namespace tabferry::sim
