#include <sys/resource.h>

#include "cli/commands.h"
#include "flow/signals.h"

int main(int argc, char** argv) {
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);   // secrets are in memory
  return tabferry::cli::run(argc, argv, tabferry::flow::stop_on_signals());
}
