// The engine's error texts, read. All forms were tried against tableauhyperapi 0.0.26963.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hyper/session.h"

namespace tabferry::hyper {

// What an ErrorResponse says.
struct Refusal {
  std::string code;      // SQLSTATE, five letters
  std::string message;
  std::string detail;
};

// True where the engine blames the data (SQLSTATE classes 22 and 23), not the machine or the statement.
bool blames_data(const Refusal& refusal);
// True where it blames the statement (0A, 25, 26, 3D, 3F, 42). What is neither is the machine: resources, operator, system,
// itself; a full disk comes as 53200, but now and then as 00000 (tried), so what is unknown counts as the machine too.
bool blames_statement(const Refusal& refusal);

// Record, column and reason of refused data; `columns` of the table give the name for a number and the other way round.
// A text of no known form is the reason as it is, its record 0.
BadRecord read_bad_record(const Refusal& refusal, const std::vector<table::Column>& columns);

// The engine's words, and the cure where one is known: for a full disk (that of `database`, if not empty) and for memory.
std::string explain(const Refusal& refusal, const std::string& database);

}  // namespace tabferry::hyper
