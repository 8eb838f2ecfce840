// The harm that weather can do to a request, and to which requests.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "weather/which.h"

namespace tabferry::weather {

enum class FaultKind {
  reset_before,         // RST when the head is complete; nothing is forwarded
  cut_before,           // the same with a clean FIN
  reset_in_request,     // head and the first fault-bytes of the body go to the server, then RST to both
  reset_after_request,  // the server has acted; the client gets RST and no byte of the answer
  cut_in_answer,        // head and the first fault-bytes of the body go back, then a clean FIN
  reset_in_answer,      // the same with RST
  status,               // answered here with that status
  stall,                // head and the first fault-bytes of the body go back, then nothing for ever
  mute,                 // nothing of the answer ever comes
  slow,                 // the first byte of the answer waits
};

struct Fault {
  FaultKind kind = FaultKind::cut_before;
  std::string name;  // as it was written, without the @
  Which which;
  int status = 0;                    // of kind status
  std::chrono::nanoseconds wait{0};  // of kind slow
};

// "cut-in-answer@3", "status-503@2-4", "slow:1.5s@7+", "reset-before@2%". Throws Error{usage}.
Fault parse_fault(std::string_view text);

}  // namespace tabferry::weather
