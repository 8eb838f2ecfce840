// What a session may ask for that a connected app's JWT began. The one place that knows names of scopes, and what has
// none. https://help.tableau.com/current/online/en-us/connected_apps_scopes.htm; docs/accounts.md has the same for
// people.
//
// [INF] Only some of the names are documented where we could read them (docs/accounts.md says which); the others follow
// their pattern. None was tried on a real site. `connected_app.scopes` of the configuration beats the list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tabferry::tableau {

enum class Purpose {
  read,     // a backup, doctor: nothing on the site changes
  publish,  // data sources
};

std::vector<std::string> scopes_for(Purpose purpose);

// Why no scope opens a path of the REST API ("virtualconnections/LUID"), and what to do: "" where one does. Who signed
// in otherwise may ask for it. The one table of what a connected app cannot read.
std::string closed_to_apps(std::string_view path);
// All of that table, for people: "virtual connections".
std::string closed_nouns();

}  // namespace tabferry::tableau
