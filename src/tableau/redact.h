// What no backup may hold, taken out of what a site answers.
#pragma once

#include <string_view>

#include "doc/json.h"

namespace tabferry::tableau {

inline constexpr std::string_view kRedacted = "(redacted)";

// Puts kRedacted in the place of the address of a webhook (whoever knows it may post to it) and of whatever is called a
// secret, a password, a token, a keychain or a private key. Flags ("embedPassword": "true"), ids and times stay. `kind`
// is a list's or a document's (kinds.h). To be called on each before anything else sees it.
void redact(std::string_view kind, doc::Json& json);

}  // namespace tabferry::tableau
