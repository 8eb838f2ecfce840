// Connected apps with direct trust: whose JWTs open a session.
#pragma once

#include <optional>
#include <string>

#include "sim/core/site.h"

namespace tabferry::sim {

// The secret of that id, where the app is there and enabled.
std::optional<std::string> secret_of_app(const Site& site, const std::string& client_id, const std::string& secret_id);

}  // namespace tabferry::sim
