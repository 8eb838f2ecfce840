#include "app/command_end.h"

namespace tabferry::app {
namespace {

std::string headline_of(const std::string& command, const base::Error& error) {
  if (command != "backup") return fmt::format("{}: {}", command, error.what());
  if (error.kind() == base::ErrorKind::cancelled)
    return "The backup was cancelled; what it saved is kept for the next one";
  return fmt::format("The backup failed: {}", error.what());
}

}  // namespace

base::Error as_error(const std::exception& failure) {
  if (const auto* error = dynamic_cast<const base::Error*>(&failure)) return *error;
  return {base::ErrorKind::bug, fmt::format("a fault of tabferry itself: {}", failure.what())};
}

report::Report report_of_failure(const std::string& command, const base::Error& error) {
  const bool cancelled = error.kind() == base::ErrorKind::cancelled;
  report::Report report{.command = command,
                        .status = cancelled ? report::Status::cancelled : report::Status::failed,
                        .headline = headline_of(command, error)};
  report.details = {{"error", {{"kind", base::name_of(error.kind())}, {"message", error.what()}}}};
  return report;
}

}  // namespace tabferry::app
