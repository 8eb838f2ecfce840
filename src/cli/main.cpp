#include <fcntl.h>
#include <malloc.h>
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

// Parts of objects come and go by the megabyte: given back to the system and asked for again, each page is a fault.
void keep_freed_memory() {
  ::mallopt(M_MMAP_THRESHOLD, 32 << 20);
  ::mallopt(M_TRIM_THRESHOLD, 128 << 20);
  ::mallopt(M_ARENA_MAX, 4);  // each would keep parts of its own, and there are as many as lanes
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  keep_freed_memory();
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);   // secrets are in memory
  return tabferry::cli::run(argc, argv, tabferry::flow::stop_on_signals());
}
