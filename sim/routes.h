// The table of what the site answers to. Growing the site is adding rows.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/call.h"
#include "sim/simulator.h"

namespace tabferry::sim {

using Action = Reply (*)(Simulator&, Call&);

enum class Access { anyone, signed_in };

struct Route {
  std::string_view method;
  std::string_view pattern;   // behind /api/{version}/: "sites/{site}/datasources/{id}"; fixed words in any case
  Action action;
  Access access = Access::signed_in;
};

// One list for each resource, in its own file.
std::vector<Route> auth_routes();
std::vector<Route> site_routes();
std::vector<Route> project_routes();
std::vector<Route> datasource_routes();
std::vector<Route> publish_routes();
std::vector<Route> upload_routes();
std::vector<Route> job_routes();

// Answers one call: finds the row, checks version, session and site, and runs the action. Never throws but what a
// broken body throws; a refusal is a Reply with an error in it.
Reply answer(Simulator& simulator, Call& call);

}  // namespace tabferry::sim
