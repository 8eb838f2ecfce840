// What a run did: a value, and its text and JSON forms.
#pragma once

#include <string>
#include <vector>

#include "doc/json.h"

namespace tabferry::report {

enum class Status { done, partial, failed, cancelled };
std::string_view name_of(Status status);

struct Table {
  std::vector<std::string> header;     // may be empty: none is shown
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> right_aligned;     // a column; may be shorter than the header
};

struct Section {
  std::string heading;
  std::vector<std::pair<std::string, std::string>> facts;   // "rows" -> "200,000"
  std::vector<Table> tables;
  std::vector<std::string> warnings;
  std::vector<std::string> next_steps;                      // what the reader does now
};

struct Report {
  std::string command;                 // "publish"
  Status status = Status::done;
  std::string headline;                // one sentence: what is true now
  std::vector<Section> sections;
  doc::Json details = doc::Json::object();   // the stable machine form of the sections; what scripts rely on
};

// For a terminal or a log: headline first, tables aligned, no colours.
std::string to_text(const Report& report);
// One object: {"command", "status", "headline", ...details}.
doc::Json to_json(const Report& report);

}  // namespace tabferry::report
