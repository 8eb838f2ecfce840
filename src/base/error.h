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
  usage,      // the command line is wrong                                   exit 2
  config,     // the configuration is wrong                                  exit 2
  denied,     // wrong credentials or a missing right                        exit 1
  not_found,  // something named does not exist                              exit 1
  conflict,   // it changed or exists already                                exit 1
  transient,  // the far side failed in a way that may pass                  exit 1
  corrupt,    // bytes are not what they must be                             exit 1
  refused,    // a guard or a lock says no                                   exit 5
  io,         // this machine: disk, process, socket                         exit 1
  cancelled,  // the user (or a signal) asked us to stop                     exit 130
  bug,        // a promise of our own was broken                             exit 1
};

// The lower-case name of a kind, as the JSON report gives it ("not_found").
std::string_view name_of(ErrorKind kind);

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
