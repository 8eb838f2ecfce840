// The one exception of the house. Thrown for failure; an expected outcome is a return value instead.
//
// A message says what was being done, on which item, what the far side answered, and the cure when it is known.
// Caught in five places only: flow::Group, the http retry, the per-item boundary of a trade, a doctor probe, and main.
#pragma once

#include <fmt/format.h>

#include <stdexcept>
#include <string>
#include <utility>

namespace tabferry::base {

enum class ErrorKind {
  usage,      // the command line is wrong
  config,     // the configuration is wrong
  denied,     // wrong credentials or a missing right
  not_found,  // something named does not exist
  conflict,   // it changed or exists already
  transient,  // the far side failed in a way that may pass
  corrupt,    // bytes are not what they must be
  refused,    // a guard or a lock says no
  io,         // this machine: disk, process, socket
  cancelled,  // the user (or a signal) asked us to stop
  bug,        // a promise of our own was broken
};

// The lower-case name of a kind, as the JSON report gives it ("not_found").
std::string_view name_of(ErrorKind kind);

// The exit code of a command that failed in this way: 2 usage and config, 5 refused, 130 cancelled, else 1.
int exit_code(ErrorKind kind);

class Error : public std::runtime_error {
 public:
  Error(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const { return kind_; }

 private:
  ErrorKind kind_;
};

// Throws Error{kind, formatted message}.
template <class... Args>
[[noreturn]] void fail(ErrorKind kind, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(kind, fmt::format(format, std::forward<Args>(args)...));
}

// Throws Error{io} with the system's word for `error_number` (an errno) behind the message.
[[noreturn]] void fail_errno(int error_number, const std::string& what_was_being_done);

// Throws Error{cancelled}; the caller has seen its stop token.
[[noreturn]] void fail_cancelled(std::string_view what_was_being_done);

}  // namespace tabferry::base
