#include "flow/signals.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <thread>

namespace tabferry::flow {

std::stop_token stop_on_signals() {
  ::signal(SIGPIPE, SIG_IGN);
  ::signal(SIGXFSZ, SIG_IGN);   // a file-size limit is an error of the write
  static sigset_t ours;
  sigemptyset(&ours);
  sigaddset(&ours, SIGINT);
  sigaddset(&ours, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &ours, nullptr);
  static auto* source = new std::stop_source;   // never destroyed: its thread outlives main
  std::thread([] {
    for (int signal_number = 0; sigwait(&ours, &signal_number) == 0;)
      if (!source->request_stop()) ::_exit(130);
  }).detach();
  return source->get_token();
}

}  // namespace tabferry::flow
