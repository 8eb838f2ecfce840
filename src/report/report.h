// What a run did: a value, and its text and JSON forms (its page: html.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "doc/json.h"

namespace tabferry::report {

// continues: nothing failed, but the time of this run was up; the same again goes on.
enum class Status { done, partial, failed, cancelled, continues };
std::string_view name_of(Status status);

struct Table {
  std::string caption;                 // may be empty: none is shown
  std::vector<std::string> header;     // may be empty: none is shown
  std::vector<std::vector<std::string>> rows;
  std::vector<bool> right_aligned;     // a column; may be shorter than the header
  bool quiet = false;                  // detail for the page; to_text() leaves it out, `details` has it as it has all
};

// One quantity of a chart.
struct Mark {
  std::string label;
  double value = 0;                    // of one unit in a chart; what is below 0 or no number counts as 0
  std::string value_text;              // as people read it: "1.2 GB"
  std::optional<Status> status;        // the colour of its bar, where it has a meaning
};

// bars: one under the other, to compare. areas: a treemap, parts of a whole.
enum class ChartForm { bars, areas };

struct Chart {
  std::string title;
  ChartForm form = ChartForm::bars;
  std::vector<Mark> marks;             // in the order shown; areas come largest first
};

double amount_of(const Mark& mark);       // its value; 0 where that is below 0 or no number
double largest_of(const Chart& chart);    // of its amounts; 0 where there are none

struct Section {
  std::string heading;
  std::vector<std::pair<std::string, std::string>> facts;   // "rows" -> "200,000"
  std::vector<Table> tables;
  std::vector<std::string> warnings;
  std::vector<std::string> next_steps;                      // what the reader does now
  std::vector<Chart> charts;                                // shown before the tables
  std::optional<Status> status;                             // a mark beside the heading of the page
};

// What a run handled, in numbers: items (each command's own: data sources, objects, checks), those of them that failed,
// and the bytes that went over the network. Absent where there is no such number.
struct Counts {
  std::optional<uint64_t> items, failed, bytes;
};

struct Report {
  std::string command;                 // "publish"
  Status status = Status::done;
  std::string headline;                // one sentence: what is true now
  std::vector<Section> sections;
  doc::Json details = doc::Json::object();   // the stable machine form of the sections; what scripts rely on
  Counts counts = {};                  // for metrics; no form of the report shows them
};

// For a terminal or a log: headline first, charts as bars of '#' (of areas the first 10), tables aligned,
// no colours. Tables and charts are fitted into `columns`; 0: whole, a row a line.
std::string to_text(const Report& report, size_t columns = 0);
// One object: {"command", "status", "headline", ...details}.
doc::Json to_json(const Report& report);

}  // namespace tabferry::report
