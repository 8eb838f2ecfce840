// A thread that lives as long as the program and runs one errand after the other.
//
// Why: Linux sends a child its PR_SET_PDEATHSIG when the *thread* that forked it ends (prctl(2)), so a child that must
// die with the program, and not before it, is forked by a thread that never ends.
#pragma once

#include <functional>

namespace tabferry::flow {

// Runs `errand` on the resident thread and waits for it; what it throws is thrown here. Any thread may call it, but not
// from within an errand. The thread starts with the first call and blocks all signals.
void run_on_resident_thread(const std::function<void()>& errand);

}  // namespace tabferry::flow
