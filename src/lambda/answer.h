// What the caller of a function reads: a report as JSON that fits through its pipes.
#pragma once

#include <chrono>
#include <string>

#include "base/error.h"
#include "report/report.h"

namespace tabferry::lambda {

// Step Functions passes 256 KiB from state to state, and Lambda 6 MB to a caller.
// https://docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html
inline constexpr size_t kMostAnswerBytes = 200'000;
// Of the cause of an error it keeps 32,768 characters.
inline constexpr size_t kMostFailureBytes = 24'000;

// As `tabferry --json` prints it, with "seconds". Where it is longer than `most_bytes` its longest lists are cut to
// their first ten and the rest named in "shortened": {"changes": how many there are}; the snapshot holds all of them.
std::string answer_of(const report::Report& report, std::chrono::milliseconds took,
                      size_t most_bytes = kMostAnswerBytes);

// The body of a function error: {"errorMessage", "errorType": "tabferry.denied", "stackTrace": [], "report"}. The
// message is one line. https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html
std::string failure_of(const base::Error& error, const report::Report& report, std::chrono::milliseconds took);
// The same of a report that says that it failed or was cancelled: of the kind of its details' "error", else a problem
// was found ("tabferry.problem").
std::string failure_of(const report::Report& report, std::chrono::milliseconds took);

}  // namespace tabferry::lambda
