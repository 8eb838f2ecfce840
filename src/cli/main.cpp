#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "cli/commands.h"
#include "flow/signals.h"

namespace {

// A closed stdin, stdout or stderr would give its number to the next socket, and our messages would go there. For stdout
// a descriptor that cannot be written: a report that is lost must fail.
void hold_standard_descriptors() {
  for (const int fd : {0, 1, 2})
    if (::fcntl(fd, F_GETFD) < 0) (void)::open("/dev/null", fd == 1 ? O_RDONLY : O_RDWR);
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);   // secrets are in memory
  return tabferry::cli::run(argc, argv, tabferry::flow::stop_on_signals());
}
