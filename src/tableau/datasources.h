// Looking data sources up. Private to this room.
// https://help.tableau.com/current/api/rest_api/en-us/REST/rest_api_ref_data_sources.htm
#pragma once

#include <optional>
#include <stop_token>
#include <string>

#include "doc/xml.h"
#include "tableau/lane.h"
#include "tableau/site.h"

namespace tabferry::tableau {

// From a <datasource> element.
Datasource datasource_of(const doc::Element& element);
// By its exact name, else by its name whatever its case: within a project Tableau takes them for the same.
std::optional<Datasource> find_datasource_named(Lane& lane, const std::string& project_id,
                                                const std::string& name, std::stop_token stop);
// By its id: not through the search index, so that it shows the newest state. Absent where it is gone.
std::optional<Datasource> find_datasource_by_id(Lane& lane, const std::string& id, std::stop_token stop);

}  // namespace tabferry::tableau
