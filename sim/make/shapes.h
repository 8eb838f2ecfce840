// The tables that a made site's content is about: a handful, with every type that extracts usually hold and with names
// that need escaping.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "table/schema.h"

namespace tabferry::sim::make {

struct Field {
  table::Column column;
  std::string caption;   // as people see it
  bool measure = false;  // else a dimension

  std::string local_name() const { return "[" + column.name + "]"; }
};

struct Shape {
  std::string name;           // of the table in its database: "orders"
  std::string caption;        // "Orders"
  std::vector<Field> fields;  // at least one text dimension and one measure
  std::string formula;        // of a calculated field over them

  const Field& first_dimension() const;  // a text
  const Field& first_measure() const;
};

// Lives as long as the program; never empty.
std::span<const Shape> shapes();

// The shape's table as it lies in an extract: "Extract"."Extract", where Tableau puts a table that it extracts.
table::Table extract_table(const Shape& shape);

// Rows as CSV (comma, double quotes where needed, no header; the empty field is NULL), the same for the same seed.
std::string csv_rows(const Shape& shape, uint64_t seed, uint64_t rows);

}  // namespace tabferry::sim::make
