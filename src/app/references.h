// Inside of the room: references to secrets as the configuration writes them (design section 3, "Secrets").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "app/config_node.h"
#include "app/settings.h"

namespace tabferry::app {

// env:, file:, secretsmanager: or ssm: in front.
bool is_reference(std::string_view text);

// Throws with the node's place for a reference that cannot work: env: without a name, file: without a path, not
// built yet.
void check_reference(const ConfigNode& node, std::string_view text);

// resolve_reference() with a relative file: looked for in `folder` (the configuration's) before $CREDENTIALS_DIRECTORY;
// `what` is whose it is, for messages: "auth.pat_secret of site prod".
base::Secret resolve_reference_of(const std::string& what, const std::string& reference,
    const std::filesystem::path& folder,
                                  const Environment& environment);

}  // namespace tabferry::app
