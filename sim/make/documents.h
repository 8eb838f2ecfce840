// The documents inside of what is published: .tds, .twb. Names may hold anything; the documents are well-formed UTF-8
// XML, valid by Tableau's own schema. A pure function of the order.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/make/source_xml.h"

namespace tabferry::sim::make {

// A .tds. `order.connects` may not be Connects::published.
std::string datasource_document(const SourceOrder& order);

struct WorkbookOrder {
  Place place;                          // of the workbook itself
  std::vector<SourceOrder> sources;     // at least one
  std::vector<std::string> sheets;      // names, unique in more than case, at least one; each reads one of the sources
  std::vector<std::string> dashboards;  // as above; each shows two of the sheets
  bool parameters = false;              // a data source "Parameters" with one parameter
  uint64_t seed = 0;
};

// A .twb.
std::string workbook_document(const WorkbookOrder& order);

}  // namespace tabferry::sim::make
