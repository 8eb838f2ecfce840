// Tableau packages (.tdsx, .twbx): a zip with one .tds or .twb at its top and extracts below Data/.
// Facts: the official document schema (twb_2026.1.0.xsd) and files that Tableau Desktop wrote.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "table/schema.h"

namespace tabferry::package {

// A column as the document knows it (connection/metadata-records).
struct ModelColumn {
  std::string name;                  // remote-name: the name in the extract
  table::Family family = table::Family::other;   // local-type; other where the document does not say (a cols/map only)
  int remote_type = 0;               // remote-type, an OLE DB type code (DBTYPE_*); 0 where the document does not say
};

struct ModelTable {
  table::TableName name;             // of relation/@table: [schema].[name]; [name] alone is in the schema public
  // absent where the document has neither metadata-records nor cols for it
  std::optional<std::vector<ModelColumn>> columns;
};

// One extract that a document points to.
struct Extract {
  std::string datasource;            // caption, formatted-name or name; several that share it: "Orders, Returns"
  // all of these of all its data sources: what choose() takes beside dbname and entry
  std::vector<std::string> names;
  std::string dbname;                // as written in the document
  std::string entry;                 // the zip entry it means; empty where there is none
  std::vector<ModelTable> tables;    // that the document reads from it
};

// A package, read. The file is not kept open.
struct Model {
  std::filesystem::path path;
  std::string version;               // of the file that was read (inode, size, time): swap() refuses another one
  std::string document_entry;        // "Sales.tds"
  std::string document;              // its bytes
  std::vector<Extract> extracts;
  std::vector<std::string> notes;    // junk that will be dropped, a dbname in another case ...
};

// Reads a package. Throws Error{not_found}; Error{corrupt}: torn zip, encrypted or duplicate entries, names that are
// absolute or hold "..", a drive letter or '\', several disks, no or several top-level documents, a bomb (a document
// of more than 64 MiB), XML that is not well-formed or not UTF-8; Error{config} with the cure: a document with no
// extract or with an old one (.tde), a bare .tds that is no package. `_.fcp.FEATURE.true...NAME` (elements and
// attributes) counts as NAME, `.false...` as absent, as Tableau reads them.
Model read(const std::filesystem::path& path);

// The extract to swap: the only one, or the one that `choice` names (data source, dbname or entry). Case does not
// matter. Throws Error{config}: several and no choice (with the list), a choice that fits none or several, an extract
// that lies outside of the package.
const Extract& choose(const Model& model, const std::string& choice);

struct Fit {
  std::vector<std::string> problems;  // each one breaks the data source: a missing table or column, another type family
  // said, not refused: columns that stay invisible, a widening, "compared by name only"
  std::vector<std::string> notes;
};
// Compares what the document reads with what the new extract will hold. Names are compared exactly, types by family
// (table::Family: what Tableau shows); numeric(p,0) fits an integer field as well as a real one.
Fit compare(const Extract& extract, const std::vector<table::Table>& tables);

// How the extract lies in the package. A .hyper file is compressed inside already; what deflate still makes of it depends
// on the data, and costs a core's time.
enum class Compression { stored, deflated };
constexpr int kDeflateLevel = 1;   // higher ones cost several times as much and gain little

struct Deflation {
  uint64_t packed_bytes = 0;
  double seconds = 0;              // of a core, to deflate the extract and to verify it
};
// What deflating would make of this extract, by samples spread over it: a sixteenth of its bytes, at most 4 MiB. They are
// measured, so that two calls differ a little. Throws Error{not_found}, Error{io}, Error{conflict} where it is written.
Deflation estimate_deflation(const std::filesystem::path& hyper_file);

// Writes a package to `output` (in its folder without a name or under a temporary one, verified, then renamed):
// `hyper_file` in the place of extract.entry (with the template's entry time: the same input gives the same
// bytes), every other entry copied raw (compressed bytes, name bytes, attributes, extra fields, order as they are), the
// document's bytes unchanged. Left out: __MACOSX/, .DS_Store, Thumbs.db, ._*, folders, and TwbxExternalCache/ (results
// of the old data). zip64 where needed. The result is mode 0600. The template is never written; output may not be the
// template (Error{config}). Verified before the rename: the central directory against the local headers, every entry's
// checksum, the extract's size, the document byte for byte. Memory does not grow with the entries. `progress` (may be
// empty) is told the bytes written so far, on the calling thread; what it throws comes out. Throws Error{conflict}
// where the template is not the one that was read or changes meanwhile,
// Error{cancelled}, Error{io} (disk full: said with the sizes before anything is written, where it can be known),
// Error{corrupt} for a damaged template. Nothing is left behind then, and an older `output` stays.
void swap(const Model& model, const Extract& extract, const std::filesystem::path& hyper_file,
          const std::filesystem::path& output, const std::function<void(uint64_t)>& progress, std::stop_token stop,
          Compression compression = Compression::stored);

}  // namespace tabferry::package
