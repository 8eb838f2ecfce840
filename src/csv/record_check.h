// Whether a record is one of the table: as many fields as columns, and each as its column's type is written.
#pragma once

#include <vector>

#include "csv/check.h"
#include "csv/scanner.h"

namespace tabferry::csv {

class RecordCheck {
 public:
  // The views must outlive it.
  RecordCheck(const Format& format, const Origin& origin);

  // Throws Error{origin.kind}, with the place, for the first thing that is wrong.
  void check(const Record& record) const;
  // Only the number of fields.
  void check_count(const Record& record) const;
  // True where some field reads as its column's number or date: so it is no header.
  bool looks_like_data(const Record& record) const;

 private:
  struct Cell {
    size_t index = 0;  // of the field
    Check check = nullptr;
  };

  bool is_null(const Field& field) const;
  [[noreturn]] void fail_value(const Record& record, size_t index) const;
  [[noreturn]] void fail_count(const Record& record) const;

  const Format& format_;
  Origin origin_;
  std::vector<Cell> cells_;  // those that have a check
};

}  // namespace tabferry::csv
