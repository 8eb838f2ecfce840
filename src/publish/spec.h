// What is to be published, as the config says it: plain values, the input of make_plan().
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/glob.h"
#include "csv/csv.h"
#include "store/store.h"
#include "table/schema.h"

namespace tabferry::publish {

// A set of objects in one store: those whose keys match.
struct Objects {
  std::shared_ptr<const store::Store> store;
  base::Glob keys;
  std::string written;  // as the config has it, for messages: "s3://acme-landing/orders/*.csv"
};

struct TableSpec {
  table::TableName name;
  Objects files;
  // Exactly one of the two says the columns.
  std::vector<table::Column> columns;
  std::optional<Objects> header_file;  // must match exactly one object, which is never data itself
  csv::Dialect dialect;
  std::string file_column;  // the name of the lineage column; empty: none
};

// How the extract lies in the package; see publish/packing.h.
enum class Packing { automatic, stored, deflated };

struct DatasourceSpec {
  std::string key;                      // in the config: "sales"
  std::string name;                     // as people see it on the site
  std::string project;                  // full path, or a name that only one project has
  std::filesystem::path template_file;  // .tdsx; empty, or not there: none yet
  std::string extract;                  // which extract of the template; empty: the only one
  Packing packing = Packing::automatic;
  std::vector<TableSpec> tables;     // in the order of the config
  bool from_sample = false;          // a config.json of the s3-to-hyper sample
  std::filesystem::path keep_hyper;  // where the extract is left for good; empty: nowhere, when it was published
};

}  // namespace tabferry::publish
