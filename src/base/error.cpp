#include "base/error.h"

#include <cstring>

namespace tabferry::base {

std::string_view name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::config: return "config";
    case ErrorKind::denied: return "denied";
    case ErrorKind::not_found: return "not_found";
    case ErrorKind::conflict: return "conflict";
    case ErrorKind::transient: return "transient";
    case ErrorKind::corrupt: return "corrupt";
    case ErrorKind::refused: return "refused";
    case ErrorKind::io: return "io";
    case ErrorKind::cancelled: return "cancelled";
    case ErrorKind::bug: return "bug";
  }
  return "bug";
}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage:
    case ErrorKind::config: return 2;
    case ErrorKind::refused: return 5;
    case ErrorKind::cancelled: return 130;
    default: return 1;
  }
}

namespace {

// Only what lies in a private folder (tempdir.h) goes elsewhere with TMPDIR.
std::string cure_elsewhere(const std::string& what_was_being_done) {
  for (const auto* mark : {"tabferry-run-", "private folder"})
    if (what_was_being_done.find(mark) != std::string::npos) return ", or set TMPDIR to a folder on a larger disk)";
  return ")";
}

}  // namespace

void fail_errno(int error_number, const std::string& what_was_being_done) {
  std::string reason = std::strerror(error_number);
  if (error_number == ENOSPC) reason += " (the disk is full: free some space there" + cure_elsewhere(what_was_being_done);
  fail(ErrorKind::io, "{}: {}", what_was_being_done, reason);
}

void fail_cancelled(std::string_view what_was_being_done) {
  fail(ErrorKind::cancelled, "cancelled while {}", what_was_being_done);
}

}  // namespace tabferry::base
