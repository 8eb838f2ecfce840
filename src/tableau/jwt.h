// The JSON Web Token by which a connected app signs somebody in (direct trust, HS256): RFC 7519, RFC 7515, and
// https://help.tableau.com/current/online/en-us/connected_apps_direct.htm. Private to this room. Any thread.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/secret.h"
#include "tableau/site.h"

namespace tabferry::tableau {

// Tableau takes ten minutes at most. Half of it: a clock may then be as wrong to the one side as to the other.
inline constexpr std::chrono::minutes kJwtLife{5};

// 32 hex digits, others at each call: a site takes each "jti" once.
std::string fresh_jwt_id();
// The text of the attribute `jwt` of a sign-in. Whoever has it is that user for kJwtLife: a secret.
// `credentials` are a connected app's.
base::Secret signed_jwt(const Credentials& credentials, const std::string& id, base::WallTime now);

// Where the site refuses a JWT: its words name the reason by a number [INF: how they do]; 0 where they do not.
// https://help.tableau.com/current/online/en-us/connected_apps_troubleshoot.htm
int jwt_refusal_number(std::string_view words);
inline constexpr int kJwtUsedBefore = 10091;
// What to check, as a sentence without its full stop. `site`: the site's own clock, where the answer told it.
std::string cure_of_jwt(int number, const Credentials& credentials, std::optional<base::WallTime> site,
                        base::WallTime ours);

}  // namespace tabferry::tableau
