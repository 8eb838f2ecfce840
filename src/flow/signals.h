// SIGINT and SIGTERM as a stop token: the first one asks for a clean stop, the second one ends the program at once.
#pragma once

#include <stop_token>

namespace tabferry::flow {

// Call once, first thing in main (before any thread exists): the signals are blocked in every thread from then on and
// taken by a thread of their own. SIGPIPE and SIGXFSZ are ignored: the call fails instead. The second signal ends the process with 130, without clean-up:
// what is left then is garbage that the next run recognises.
std::stop_token stop_on_signals();

}  // namespace tabferry::flow
