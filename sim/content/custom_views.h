// Custom views: what somebody made of a view and kept.
#pragma once

#include <string>
#include <string_view>

#include "sim/core/desk.h"

namespace tabferry::sim {

// The file of a custom view, as it is downloaded and published: a JSON array with one object for each sheet,
// {"isSourceView", "viewName", "tcv"}; tcv is URL-safe base64 of a <customized-view> document.
// Returns the name of the view that it was made of. Refuses with 400011 what is no such file.
std::string source_view_of(std::string_view file);

// Whose default a custom view is: the ids of those who are still there.
std::vector<std::string> default_users_of(const Site& site, const Item& custom_view);

// GET and POST customviews/{id}/default/users.
Reply query_default_users(Desk& desk, const Call& call);
Reply set_default_users(Desk& desk, const Call& call);
// POST customviews.
Reply publish_custom_view(Simulator& simulator, Call& call);

}  // namespace tabferry::sim
