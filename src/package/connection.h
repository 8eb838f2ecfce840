// One <connection> of a data source: which .hyper files it names and what it reads from each.
#pragma once

#include <string>
#include <vector>

#include "doc/xml.h"
#include "package/document.h"

namespace tabferry::package {

// `connection`: a data source's (federated, or a plain hyper one as before Tableau 10) or an extract's. What it finds
// goes into `reading`, under the data source's `names`.
void read_connection(const doc::Element& connection, const std::vector<std::string>& names, bool under_extract,
                     Reading& reading);

}  // namespace tabferry::package
