// What workbooks, data sources and flows have in common, as a table: they are published, changed and downloaded in the
// same way. Codes: the error tables of the REST API reference.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/core/item.h"

namespace tabferry::sim {

struct ContentType {
  Kind kind;
  std::string_view part;                     // of a publishing request that holds the file: "tableau_datasource"
  std::string_view type_parameter;           // "datasourceType"
  std::vector<std::string_view> file_types;  // "tdsx", ...
  int exists;                                // the code for a name that is taken where overwrite was not said
  int bad_type;                              // for a file of another type
  int no_type;                               // for one whose type nobody says
  int no_download;                           // the code for who may not download
  int no_update;                             // change
  int no_owner_change;                       // give away
  int name_taken;                            // for another name (or place) that is taken
  std::string_view job_type;                 // "PublishDatasource"
};

const ContentType& content_type_of(Kind kind);
std::span<const ContentType> content_types();

}  // namespace tabferry::sim
