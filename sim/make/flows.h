// The documents inside of a .tfl or .tflx: JSON. There is no published schema; the shape is what Tableau Prep Builder
// writes, as programs that read and write it agree on it: entries `flow`, `maestroMetadata` and `displaySettings`; an
// input names a connection by `connectionId`, for a published data source by way of `dataConnections`; the way of the
// data is in `nextNodes`.
#pragma once

#include <cstdint>
#include <string>

#include "sim/make/source_xml.h"

namespace tabferry::sim::make {

enum class FlowInput {
  published,  // a data source of the site (LoadSqlProxy)
  database,   // a table (LoadSql)
  csv,        // a file inside of the package (LoadCsv): the flow is a .tflx
};

struct FlowOrder {
  std::string name;
  FlowInput input = FlowInput::published;
  size_t shape = 0;  // of shapes(): what is read
  Place source;      // of the data source that is read; its site and server are those of the output too
  std::string source_name;
  std::string project_name;  // of the data source that is written
  std::string project_id;
  std::string output_name;
  uint64_t seed = 0;
};

struct FlowDocuments {
  std::string flow, display_settings, maestro_metadata;  // the entries `flow`, `displaySettings`, `maestroMetadata`
  std::string data_entry;  // "Data/<connection id>/orders.csv" for FlowInput::csv, else empty
};

FlowDocuments flow_documents(const FlowOrder& order);

}  // namespace tabferry::sim::make
