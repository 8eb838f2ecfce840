// What a .tds or .twb says about the extracts it reads. Facts: Tableau's document schema (twb_2026.1.0.xsd) for the
// shape of a data source; files that Tableau Desktop wrote for what stands inside <connection>, which the schema skips.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "package/package.h"

namespace tabferry::package {

// One connection of one data source to a .hyper file.
struct Reference {
  std::vector<std::string> names;     // of the data source: caption, formatted-name, name, as far as there are
  std::string dbname;
  std::vector<ModelTable> tables;
  bool under_extract = false;         // the data source shows an extract made from this; Tableau does not read it
};

struct Reading {
  std::vector<Reference> references;
  std::vector<std::string> old_extracts;   // dbnames of .tde files
  std::vector<std::string> notes;
};

// `where` names the document in errors. Throws Error{corrupt}: not UTF-8, not well-formed, neither a data source nor a
// workbook.
Reading read_document(std::string_view xml, const std::string& where);

// "[Extract].[Orders]" -> {"Extract", "Orders"}; "]]" in a part is ']'. A text without brackets is one part.
std::vector<std::string> bracketed_parts(std::string_view text);

}  // namespace tabferry::package
