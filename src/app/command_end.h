// How a command ended: what it tells, and its exit code.
#pragma once

#include <string>

#include "base/error.h"
#include "report/report.h"

namespace tabferry::app {

struct CommandEnd {
  report::Report report;
  int exit_code = 0;
};

// The exit code of a check that found a problem.
inline constexpr int kFoundProblem = 4;

// What a command ends with, as the one type of failure: what is no Error of ours (no memory, a library's own) is a fault
// of tabferry itself, and is told to the same people.
base::Error as_error(const std::exception& failure);

// Of a command ("verify") that ended without a report of its own, failed or cancelled; details are
// "error" {"kind", "message"}.
report::Report report_of_failure(const std::string& command, const base::Error& error);

}  // namespace tabferry::app
