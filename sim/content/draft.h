// What a publishing request asks for, read from its document.
#pragma once

#include <string>

#include "sim/content/opened.h"
#include "sim/content/publishing.h"

namespace tabferry::sim {

// The draft that the request_payload (XML or JSON) describes, without its file: name, project ("" where it is not
// said), owner = `user_id`, and what else the kind knows; `asked` is the payload's element. Refuses with 400000 what is
// malformed, unknown or without a name.
struct Wanted {
  Node asked;
  Draft draft;
};
Wanted wanted_of(Kind kind, const std::string& payload, const std::string& user_id);
// Adds what the file says of itself, and what the request adds to that: hidden views, credentials.
void describe_file(Draft& draft, const Node& asked, const Opened& content);

}  // namespace tabferry::sim
