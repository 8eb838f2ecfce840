// What a publish will do, as a value: which files make which table, into which template, to which target.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "package/package.h"
#include "publish/spec.h"

namespace tabferry::publish {

struct PlannedTable {
  table::Table table;  // as the extract will hold it: the file column is the last one
  csv::Format format;  // how its files are read
  std::shared_ptr<const store::Store> store;
  std::string pattern;               // as written in the config
  std::vector<store::Object> files;  // in key order, at least one
  uint64_t size_bytes = 0;           // of all files
};

struct Target {
  std::string key;  // of the data source in the config
  std::string name;
  std::string project;                  // as written
  std::filesystem::path template_file;  // of the config, there or not yet; empty: not set
};

struct Template {
  package::Model model;
  package::Extract extract;  // the one to swap
};

struct Plan {
  Target target;
  std::vector<PlannedTable> tables;
  std::optional<Template> swap_into;  // absent: there is no template yet
  Packing packing = Packing::automatic;
  std::filesystem::path keep_hyper;  // empty: the extract is kept only where nothing is published
  std::vector<std::string> notes;    // worth saying, not worth stopping

  uint64_t size_bytes() const;   // of all files as they are stored
  uint64_t plain_bytes() const;  // an estimate: packed CSV is about six times as large unpacked
  size_t file_count() const;
};

// Lists the files, reads the header files and the template (which may not be there yet), and checks that the template's
// document fits what the extract will hold. Reads no data. Throws: Error{not_found} where a table matches no file (what
// was looked at), Error{config} for columns and template.
Plan make_plan(const DatasourceSpec& spec, std::stop_token stop);

// What the s3-to-hyper sample's script would not have loaded, or loaded wrongly, of these files: one sentence each.
std::vector<std::string> gaps_of_sample(const DatasourceSpec& spec, const Plan& plan);

}  // namespace tabferry::publish
