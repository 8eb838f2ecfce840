// The tree of projects. Private to this room; find_project() is declared in site.h.
#pragma once

#include <stop_token>
#include <vector>

#include "tableau/lane.h"
#include "tableau/site.h"

namespace tabferry::tableau {

std::vector<Project> list_projects(Lane& lane, std::stop_token stop);

}  // namespace tabferry::tableau
