// A data source as it stands in a .tds or in a workbook. Facts: Tableau's document schema (twb_2026.1.0.xsd) for the
// order of the elements, files that Tableau Desktop wrote for what stands inside <connection>, which the schema skips.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "sim/make/desktop_xml.h"
#include "sim/make/shapes.h"

namespace tabferry::sim::make {

enum class Connects {
  live,             // to a database
  extract_of_live,  // to a database, and shows an extract made from it
  direct_extract,   // to a .hyper file, as Desktop writes it for one that was opened
  published,        // to a data source on the site (sqlproxy); only inside of a workbook
};

// Where a published thing lies: its repository-location.
struct Place {
  std::string site;  // content URL of the site; empty: nowhere yet, nothing is written
  std::string content_url;
  std::string server = "tableau.example.com";
};

struct SourceOrder {
  std::string name;  // as people see it
  Connects connects = Connects::live;
  size_t shape = 0;           // of shapes()
  std::string extract_entry;  // "Data/Extracts/orders.hyper": where `connects` has one
  Place place;                // of itself in a .tds, of the published one for Connects::published
  uint64_t seed = 0;          // of its ids

  bool has_extract() const { return connects == Connects::extract_of_live || connects == Connects::direct_extract; }
};

// The database behind a live source (or behind its extract).
struct Database {
  std::string_view connection_class, server, port, schema;
};
const Database& database_of(const SourceOrder& order);

// "federated.<28 characters>" or "sqlproxy.<28 characters>": what the sheets of a workbook call it.
std::string source_id(const SourceOrder& order);

// Writes <datasource> into `xml`, as the root of a .tds or (`in_workbook`) below a workbook's <datasources>.
void write_source(DesktopXml& xml, const SourceOrder& order, bool in_workbook);

// <document-format-change-manifest>, as Desktop 2024.3 and later write it.
void write_manifest(DesktopXml& xml, bool workbook);

// The <column> of a field, and of the source's calculated field ([Calculation_...]).
void write_column(DesktopXml& xml, const Field& field);
void write_calculation(DesktopXml& xml, const SourceOrder& order);

}  // namespace tabferry::sim::make
