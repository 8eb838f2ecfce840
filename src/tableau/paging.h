// Lists that come in pages. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_concepts_paging.htm
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "doc/xml.h"
#include "tableau/lane.h"

namespace tabferry::tableau {

struct PagedList {
  std::string doing;    // "listing the projects"
  std::string path;     // "projects", "datasources?filter=..."
  std::string wrapper;  // "projects"
  std::string item;     // "project"
};

// Visits the items of all pages, each id once (items move between pages while they are read).
// Ends on an empty page, on one without news, on a short one, and on 400006 behind the first: totalAvailable may
// promise more than there is. Throws Error{corrupt} where there is no end.
void for_each_item(Lane& lane, const PagedList& list, std::stop_token stop,
                   const std::function<void(const doc::Element&)>& visit);

}  // namespace tabferry::tableau
