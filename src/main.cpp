#include <fcntl.h>
#include <malloc.h>
#include <sys/resource.h>
#include <unistd.h>

#include <string_view>

#include "cli/commands.h"
#include "cli/terminal.h"
#include "flow/signals.h"
#include "lambda/serve.h"

namespace {

// A closed stdin, stdout or stderr would give its number to the next socket, and our messages would go there. For
// stdout a descriptor that cannot be written: a report that is lost must fail.
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

// As Lambda starts what its zip holds.
bool is_bootstrap(std::string_view program) { return program.substr(program.rfind('/') + 1) == "bootstrap"; }

int serve_lambda(std::stop_token stop) {
  tabferry::cli::Terminal log(tabferry::cli::Form::lines);
  return tabferry::lambda::serve(log, stop);
}

constexpr const char* kLambdaFooter =
    "\nAnswers the events of an AWS Lambda function: {\"job\": \"backup\"} and its like (docs/lambda.md). The program "
    "does "
    "the\nsame when it is called `bootstrap`, as in the function's zip.\n\nExamples:\n"
    "  tabferry lambda                             as the command of a function's container image\n";

}  // namespace

int main(int argc, char** argv) {
  hold_standard_descriptors();
  keep_freed_memory();
  const rlimit no_core{};
  ::setrlimit(RLIMIT_CORE, &no_core);  // secrets are in memory
  const auto stop = tabferry::flow::stop_on_signals();
  const tabferry::cli::Door lambda{.name = "lambda",
                                   .summary = "the runtime of an AWS Lambda function",
                                   .footer = kLambdaFooter,
                                   .run = serve_lambda};
  char command[] = "lambda";
  char* as_bootstrap[] = {argv[0], command, nullptr};
  if (argc > 0 && is_bootstrap(argv[0])) return tabferry::cli::run(2, as_bootstrap, stop, lambda);
  return tabferry::cli::run(argc, argv, stop, lambda);
}
